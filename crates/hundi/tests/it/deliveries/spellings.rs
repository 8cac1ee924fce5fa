//! Spellings of addresses that no merchant may make us call (SAFETY T40): every way we know of to write each of them.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Spelled in every way: loopback, private, metadata, carrier-grade NAT, this network.
const V4: &[[u8; 4]] = &[
    [127, 0, 0, 1],
    [10, 0, 0, 7],
    [192, 168, 1, 1],
    [169, 254, 169, 254],
    [100, 100, 100, 200],
    [0, 0, 0, 0],
];

/// Spelled in a few: the rest of private and loopback, benchmarks, documentation, protocol assignments, relays,
/// multicast, reserved, broadcast, and a cloud's host agent on a public-looking address.
const MORE_V4: &[[u8; 4]] = &[
    [127, 255, 255, 254],
    [172, 16, 0, 1],
    [172, 31, 255, 254],
    [169, 254, 170, 2],
    [100, 64, 0, 1],
    [0, 1, 2, 3],
    [198, 18, 0, 1],
    [192, 0, 2, 1],
    [198, 51, 100, 7],
    [203, 0, 113, 9],
    [192, 0, 0, 192],
    [192, 88, 99, 1],
    [168, 63, 129, 16],
    [224, 0, 0, 1],
    [239, 255, 255, 250],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

/// IPv6 that is nobody's business: loopback, unspecified, unique local, link-local, site-local, multicast,
/// documentation, discard, ORCHID, benchmarks, and what was given to nobody.
const V6: &[&str] = &[
    "::1",
    "::",
    "::2",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "fec0::1",
    "ff01::1",
    "ff02::1",
    "ff05::2",
    "ff0e::1",
    "2001:db8::1",
    "2001:db8:ffff::1",
    "3fff::1",
    "100::1",
    "2001:10::1",
    "2001:20::1",
    "2001:2::1",
    "5f00::1",
    "4000::1",
];

/// Names that lead home, and names under which clouds serve credentials.
const NAMES: &[&str] = &[
    "localhost",
    "LOCALHOST",
    "LocalHost",
    "localhost.",
    "a.localhost",
    "a.b.localhost",
    "localhost.localhost",
    "metadata",
    "metadata.",
    "metadata.google.internal",
    "METADATA.GOOGLE.INTERNAL.",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "ｌｏｃａｌｈｏｓｔ",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "ⓜetadata",
    "loc%61lhost",
];

/// Hosts that are no hosts, or hide one behind another.
const BROKEN: &[&str] = &[
    "user@127.0.0.1",
    "user:secret@127.0.0.1",
    "@127.0.0.1",
    ":@127.0.0.1",
    "shop.example@127.0.0.1",
    "shop.example:443@127.0.0.1",
    "127.0.0.1@shop.example",
    "shop.example%40127.0.0.1",
    "127.0.0.1%2eshop.example",
    "127.0.0.1%00.shop.example",
    "127.0.0.1%23.shop.example",
    "%31%32%37.0.0.1",
    "127%2E0%2E0%2E1",
    "[::1",
    "::1",
    "[]",
    "[",
    "[::1%25lo]",
    "[::1%lo]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fe80::1%251]",
    "[::ffff:127.0.0.1%1]",
    "[127.0.0.1]",
    "127.0.0.1\\@shop.example",
    "shop.example\\@127.0.0.1",
    "\\127.0.0.1",
    "/127.0.0.1",
    "127.0.0.1 .shop.example",
    "127.0.0.1\t",
    "127.0.0.1\r\n",
    "127.0.0.1\0",
    "\u{200b}127.0.0.1",
    "127.0.0.1\u{202e}",
    "256.256.256.256",
    "1.2.3.4.5",
    "127.0.0.0x100000001",
    "4294967296",
    "-",
    "a..b",
    "*",
    "exa mple.example",
];

/// What a resolver leads to a closed address, though nothing in the name says so.
pub const REBINDING: &[&str] = &[
    "rebind.example",
    "rebind.example.",
    "127.0.0.1.nip.example",
    "10-0-0-7.sslip.example",
    "redis",
    "db",
    "kubernetes.default.svc",
    "printer.local",
    "intranet.corp",
    "x_y.example",
    "xn--lcalhost-xqa.example",
    "bücher.example",
    "router.lan",
    "vault.service.consul",
    "host.docker.internal",
    "a.internal",
    "0x7g",
];

/// Hosts that the text alone gives away.
pub fn by_text() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = V4.iter().flat_map(|bytes| of_v4(Ipv4Addr::from(*bytes))).collect();
    for bytes in MORE_V4 {
        let (text, n) = (Ipv4Addr::from(*bytes).to_string(), u32::from_be_bytes(*bytes));
        all.extend([
            text.clone(),
            format!("{n:#x}"),
            format!("[::ffff:{text}]"),
            format!("[64:ff9b::{text}]"),
        ]);
    }
    all.extend(V6.iter().flat_map(|text| of_v6(text.parse().expect("an address"))));
    all.extend(NAMES.iter().chain(BROKEN).map(|text| (*text).to_owned()));
    all
}

/// The ways to write an IPv4 address, and to hide one in IPv6.
fn of_v4(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let n = address.to_bits();
    let text = address.to_string();
    let (high, low) = (n >> 16, n & 0xffff);
    let (two, three) = (n & 0x00ff_ffff, low);
    let wide = |by: fn(char) -> char| text.chars().map(by).collect::<String>();
    vec![
        text.clone(),
        format!("{text}."),
        // One number, and fewer parts than four.
        format!("{n}"),
        format!("{n}."),
        format!("{n:#x}"),
        format!("{n:#X}").replace("0x", "0X"),
        format!("0{n:o}"),
        format!("000{n:o}"),
        format!("{a}.{two}"),
        format!("{a}.{b}.{three}"),
        format!("{a:#x}.{two:#x}"),
        // Four, in other bases and mixed.
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.{b}.{c}.{d:#x}"),
        format!("{a:#x}.{b}.0{c:o}.{d}"),
        // In digits and dots of other scripts, which IDNA folds into these.
        wide(|c| c.to_digit(10).map_or(c, |n| char::from_u32(0xff10 + n).expect("a digit"))),
        wide(|c| if c == '.' { '。' } else { c }),
        wide(|c| if c == '.' { '．' } else { c }),
        wide(|c| if c == '.' { '｡' } else { c }),
        wide(|c| match c.to_digit(10) {
            Some(0) => '⓪',
            Some(n) => char::from_u32(0x245f + n).expect("a digit"),
            None => c,
        }),
        // Inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
        format!("[::ffff:{text}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:ffff:{high:04X}:{low:04X}]"),
        format!("[::{text}]"),
        format!("[::ffff:0:{text}]"),
        format!("[64:ff9b::{text}]"),
        format!("[64:ff9b:1::{high:x}:{low:x}]"),
        format!("[2002:{high:x}:{low:x}::]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:{high:x}:{low:x}::1]"),
        format!("[2001:0:4136:e378:8000:63bf:{:x}:{:x}]", high ^ 0xffff, low ^ 0xffff),
        format!("[fe80::5efe:{text}]"),
    ]
}

/// The ways to write an IPv6 address.
fn of_v6(address: Ipv6Addr) -> Vec<String> {
    let groups: Vec<String> = address.segments().iter().map(|group| format!("{group:04x}")).collect();
    let whole = groups.join(":");
    vec![format!("[{address}]"), format!("[{}]", whole.to_uppercase())]
}
