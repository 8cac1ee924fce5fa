//! Compression as RFC 1951 has it, in one block of its fixed codes, written as the bytes come.
//!
//! Half of what zlib saves at a tenth of its code: a sheet is the same few tags again and again, which any matching
//! finds. Memory is bounded by the window, however long the input is.

/// How far back a match may lie.
const WINDOW: usize = 32 << 10;
const HASH_BITS: u32 = 15;
const MATCH_MIN: usize = 4;
const MATCH_MAX: usize = 258;
/// Positions that were never seen.
const NOWHERE: usize = usize::MAX;

/// Where each length code begins, and how many bits follow it (RFC 1951, 3.2.5).
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The same for distances.
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// A stream that is being compressed.
pub(crate) struct Deflate {
    /// The window, and behind it what came last.
    seen: Vec<u8>,
    /// How many bytes lay before `seen`.
    before: usize,
    /// Where four bytes of this hash were last seen, counted from the beginning.
    last_at: Vec<usize>,
    bits: u64,
    bit_count: u32,
    out: Vec<u8>,
}

impl Deflate {
    pub(crate) fn new() -> Self {
        let mut new = Self {
            seen: Vec::new(),
            before: 0,
            last_at: vec![NOWHERE; 1 << HASH_BITS],
            bits: 0,
            bit_count: 0,
            out: Vec::new(),
        };
        // The only block is the last one; its codes are the fixed ones.
        new.put(1, 1);
        new.put(1, 2);
        new
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(WINDOW) {
            self.slide();
            let from = self.seen.len();
            self.seen.extend_from_slice(chunk);
            self.compress(from);
        }
    }

    /// Ends the stream. What is taken then is the rest of it.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.put_code(256);
        if self.bit_count > 0 {
            self.put(0, 8 - self.bit_count);
        }
        self.out
    }

    /// The bytes that are whole by now.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Forgets what no match can reach any more.
    fn slide(&mut self) {
        let surplus = self.seen.len().saturating_sub(WINDOW);
        self.seen.drain(..surplus);
        self.before += surplus;
    }

    fn compress(&mut self, from: usize) {
        let mut at = from;
        while at < self.seen.len() {
            let found = self.found(at);
            let length = found.map_or(1, |(length, _)| length);
            match found {
                Some((length, distance)) => self.put_match(length, distance),
                None => self.put_code(usize::from(self.seen[at])),
            }
            for passed in at..at + length {
                self.note(passed);
            }
            at += length;
        }
    }

    fn hash(&self, at: usize) -> Option<usize> {
        let four: [u8; 4] = self.seen.get(at..at + MATCH_MIN)?.try_into().ok()?;
        // Knuth's multiplicative hash.
        let mixed = u32::from_le_bytes(four).wrapping_mul(2_654_435_761) >> (32 - HASH_BITS);
        usize::try_from(mixed).ok()
    }

    fn note(&mut self, at: usize) {
        if let Some(hash) = self.hash(at) {
            self.last_at[hash] = self.before + at;
        }
    }

    /// How many bytes from here stood before, and how far back.
    fn found(&self, at: usize) -> Option<(usize, usize)> {
        let candidate = self.last_at[self.hash(at)?];
        if candidate == NOWHERE {
            return None;
        }
        let earlier = candidate.checked_sub(self.before)?;
        let distance = at.checked_sub(earlier).filter(|d| (1..=WINDOW).contains(d))?;
        let most = MATCH_MAX.min(self.seen.len() - at);
        let same = (0..most).take_while(|n| self.seen[earlier + n] == self.seen[at + n]).count();
        (same >= MATCH_MIN).then_some((same, distance))
    }

    fn put_match(&mut self, length: usize, distance: usize) {
        let (code, extra, bits) = coded(&LENGTHS, length);
        self.put_code(257 + code);
        self.put(extra, bits);
        let (code, extra, bits) = coded(&DISTANCES, distance);
        self.put(reversed(code, 5), 5);
        self.put(extra, bits);
    }

    /// A literal, a length's code or the end, in the fixed code.
    fn put_code(&mut self, symbol: usize) {
        let (code, bits) = match symbol {
            0..=143 => (0x30 + symbol, 8),
            144..=255 => (0x190 + symbol - 144, 9),
            256..=279 => (symbol - 256, 7),
            _ => (0xc0 + symbol - 280, 8),
        };
        self.put(reversed(code, bits), bits);
    }

    fn put(&mut self, value: usize, bits: u32) {
        self.bits |= u64::try_from(value).unwrap_or(0) << self.bit_count;
        self.bit_count += bits;
        self.spill();
    }

    fn spill(&mut self) {
        while self.bit_count >= 8 {
            let [low, ..] = self.bits.to_le_bytes();
            self.out.push(low);
            self.bits >>= 8;
            self.bit_count -= 8;
        }
    }
}

/// The code whose range holds the number, how far into the range it lies, and in how many bits that is said.
fn coded(ranges: &[(usize, u32)], number: usize) -> (usize, usize, u32) {
    let code = ranges.iter().rposition(|(from, _)| *from <= number).unwrap_or(0);
    let (from, bits) = ranges[code];
    (code, number - from, bits)
}

/// Huffman's codes are written with their first bit first.
fn reversed(code: usize, bits: u32) -> usize {
    (0..bits).fold(0, |all, n| (all << 1) | ((code >> n) & 1))
}

/// The checksum of what is compressed (ISO 3309), as the bytes come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crc32(u32);

static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "n is below 256; no other conversion is const")]
        let mut crc = n as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
}

impl Crc32 {
    pub(crate) const fn new() -> Self {
        Self(u32::MAX)
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let [low, ..] = self.0.to_le_bytes();
            self.0 = (self.0 >> 8) ^ TABLE[usize::from(low ^ byte)];
        }
    }

    pub(crate) const fn sum(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Reads back what is in fixed codes, bit by bit as the RFC tells it.
    pub(crate) fn inflated(bytes: &[u8]) -> Vec<u8> {
        let mut at = 0;
        let mut bits = |count: u32| {
            (0..count).fold(0, |all, n| {
                let bit = usize::from(bytes[at / 8] >> (at % 8) & 1);
                at += 1;
                all | (bit << n)
            })
        };
        assert_eq!((bits(1), bits(2)), (1, 1), "one last block of fixed codes");
        let mut out = Vec::new();
        loop {
            let mut code = 0;
            for _ in 0..7 {
                code = (code << 1) | bits(1);
            }
            let symbol = if code <= 0b001_0111 {
                256 + code
            } else {
                code = (code << 1) | bits(1);
                match code {
                    0x30..=0xbf => code - 0x30,
                    0xc0..=0xc7 => 280 + code - 0xc0,
                    _ => 144 + ((code << 1) | bits(1)) - 0x190,
                }
            };
            match symbol {
                0..=255 => out.push(u8::try_from(symbol).unwrap()),
                256 => return out,
                _ => {
                    let (from, extra) = LENGTHS[symbol - 257];
                    let length = from + bits(extra);
                    let code = (0..5).fold(0, |all, _| (all << 1) | bits(1));
                    let (from, extra) = DISTANCES[code];
                    let distance = from + bits(extra);
                    for _ in 0..length {
                        out.push(out[out.len() - distance]);
                    }
                }
            }
        }
    }

    fn there_and_back(chunks: &[&[u8]]) -> usize {
        let mut deflate = Deflate::new();
        let mut packed = Vec::new();
        for chunk in chunks {
            deflate.write(chunk);
            packed.extend(deflate.take());
        }
        packed.extend(deflate.finish());
        assert_eq!(inflated(&packed), chunks.concat());
        packed.len()
    }

    #[test]
    fn what_goes_in_comes_out() {
        there_and_back(&[]);
        there_and_back(&[b"a"]);
        there_and_back(&[b"", b"abc", b"", b"abcabcabcabc"]);
        let all: Vec<u8> = (0..=255).collect();
        there_and_back(&[&all, &all, &all[7..]]);
        there_and_back(&[&[7; 100_000]]);
        // Bytes without a pattern, over several windows, with far matches among them.
        let mut state = 1_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .take(70_000)
        .collect();
        there_and_back(&[&noise, &noise[40_000..], &noise[..1_000], &noise]);
    }

    #[test]
    fn what_repeats_is_short() {
        let row = b"<row><c t=\"inlineStr\"><is><t>captured</t></is></c></row>";
        let rows: Vec<&[u8]> = std::iter::repeat_n(&row[..], 2_000).collect();
        let packed = there_and_back(&rows);
        assert!(packed < row.len() * 2_000 / 20, "{packed}");
    }

    #[test]
    fn the_checksum_is_everybodys() {
        let mut crc = Crc32::new();
        crc.add(b"1234");
        crc.add(b"56789");
        assert_eq!(crc.sum(), 0xcbf4_3926);
    }
}
