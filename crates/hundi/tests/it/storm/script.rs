//! What happens to one payment: who pays how, what its merchant does, and what goes wrong. Drawn from the seed and the
//! payment's number alone, so that one of ten thousand can be played again by itself.

use super::dice::Dice;
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_providers::sim::{Acts, Fault, Op};

/// One payment's whole life, as planned. What becomes of it is another matter.
#[derive(Clone, Debug)]
pub struct Script {
    pub n: u32,
    pub merchant: usize,
    pub minor: i64,
    pub dollars: bool,
    pub manual: bool,
    pub expires_ms: Option<i64>,
    /// The merchant's own choice of a connection, by its place among those that fit; otherwise its rules decide.
    pub connection: Option<usize>,
    /// At the opening, wherever it goes.
    pub at_opening: Vec<(Op, Fault, u32)>,
    /// At whatever is done about the payment once it has a reference.
    pub afterwards: Vec<(Op, Fault, u32)>,
    /// Each so long after the storm's beginning.
    pub deeds: Vec<(i64, Deed)>,
}

/// Something that somebody does.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// The merchant, so many times at once under one key.
    Orders {
        times: u8,
    },
    /// A payer who begins to pay, or begins again; elsewhere is another connection than the last.
    Begins {
        times: u8,
        elsewhere: bool,
    },
    /// What the payer does at the provider, and whether the browser comes back.
    Pays {
        outcome: &'static str,
        method: &'static str,
        which: Which,
        back: Back,
    },
    /// The bank says yes after all.
    SaysYesLate,
    Captures {
        times: u8,
    },
    CancelsPayment,
    CancelsOrder,
    /// The merchant has the provider asked.
    Checks,
    /// These parts in hundredths of what was captured, all at once; zero ends the list.
    Refunds {
        parts: [u8; 3],
    },
    /// Somebody at the provider's dashboard.
    RefundsThere {
        part: u8,
    },
    /// Somebody who is nobody.
    Forges(Forgery),
}

/// Which of an order's payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Last,
    First,
}

/// What the payer's browser brings back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    Nothing,
    Truth,
    Twice,
    Altered,
    /// To the return address of the payment before this one, if there is one.
    ToAnother,
}

/// Messages that no provider sent, or sent to somebody else, or long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    OtherBody,
    NoProof,
    OtherMerchant,
    Replay,
}

impl Script {
    /// The `n`th of this seed. Those of one batch begin within `spread_ms`.
    pub fn draw(seed: u64, n: u32, merchants: usize, spread_ms: i64) -> Self {
        let mut dice = Dice::of(seed, u64::from(n));
        let manual = dice.percent(12);
        let mut script = Self {
            n,
            merchant: usize::try_from(dice.below(merchants as u64)).unwrap_or(0),
            // Each its own, so that a fault can be aimed at an opening by its amount.
            minor: 20_000 + i64::from(n) * 61,
            dollars: dice.percent(18),
            manual,
            expires_ms: dice.percent(8).then(|| minutes(dice.between(2, 30))),
            connection: dice.percent(60).then(|| usize::try_from(dice.below(64)).unwrap_or(0)),
            at_opening: Vec::new(),
            afterwards: Vec::new(),
            deeds: Vec::new(),
        };
        if dice.percent(28) {
            let fault = answer_fault(&mut dice, false);
            let op = if dice.percent(8) { Op::Token } else { Op::CreateOrder };
            script.at_opening.push((op, fault, if dice.percent(85) { 1 } else { 2 }));
        }
        for _ in 0..dice.one_of(&[0, 0, 1, 1, 2, 3]) {
            script.afterwards.push(later_fault(&mut dice));
        }
        let mut at = dice.between(0, spread_ms);
        script.push(at, Deed::Orders { times: twice_in_ten(&mut dice) });
        at += dice.between(500, seconds(40));
        script.push(at, Deed::Begins { times: twice_in_ten(&mut dice), elsewhere: false });
        at += dice.between(0, seconds(90));
        script.pays(&mut dice, at);
        script.merchant_does(&mut dice, at);
        script.strangers(&mut dice, at);
        script.deeds.sort_by_key(|(at, _)| *at);
        script
    }

    fn push(&mut self, at: i64, deed: Deed) {
        self.deeds.push((at, deed));
    }

    fn pays(&mut self, dice: &mut Dice, at: i64) {
        let usual = if self.manual { "authorize" } else { "pay" };
        let outcome = match dice.below(100) {
            0..66 => usual,
            66..78 => "fail",
            78..87 => "leave",
            _ => "silent",
        };
        let first = self.one_payer(dice, outcome);
        self.push(at, first);
        if outcome == "silent" && dice.percent(40) {
            self.push(at + dice.between(minutes(1), hours(20)), Deed::SaysYesLate);
        }
        // Again: inside the same payment, or by another that was begun elsewhere; in one window or in two.
        let again = if outcome == usual { 8 } else { 70 };
        if dice.percent(again) {
            let at = at + dice.between(seconds(1), minutes(4));
            if dice.percent(55) {
                self.push(at, Deed::Begins { times: 1, elsewhere: dice.percent(70) });
            }
            let mut payer = self.one_payer(dice, usual);
            if let (Deed::Pays { which, .. }, true) = (&mut payer, dice.percent(25)) {
                *which = Which::First;
            }
            self.push(at + dice.between(500, seconds(60)), payer);
            if dice.percent(15) {
                let payer = self.one_payer(dice, usual);
                self.push(at + dice.between(500, seconds(60)), payer);
            }
        }
    }

    fn one_payer(&self, dice: &mut Dice, outcome: &'static str) -> Deed {
        let methods: &[&'static str] = if self.dollars {
            &["card", "wallet"]
        } else {
            &["upi", "upi", "upi", "card", "netbanking", "wallet"]
        };
        let back = match dice.below(100) {
            0..45 => Back::Truth,
            45..52 => Back::Twice,
            52..58 => Back::Altered,
            58..62 => Back::ToAnother,
            _ => Back::Nothing,
        };
        Deed::Pays { outcome, method: dice.one_of(methods), which: Which::Last, back }
    }

    fn merchant_does(&mut self, dice: &mut Dice, at: i64) {
        if self.manual {
            let at = at + dice.between(seconds(2), hours(3));
            match dice.below(100) {
                0..65 => self.push(at, Deed::Captures { times: twice_in_ten(dice) }),
                65..80 => self.push(at, Deed::CancelsPayment),
                _ => {}
            }
        }
        if dice.percent(7) {
            self.push(at + dice.between(-seconds(60), minutes(12)), Deed::CancelsOrder);
        }
        if dice.percent(12) {
            self.push(at + dice.between(0, minutes(20)), Deed::Checks);
        }
        if dice.percent(40) {
            let later = if dice.percent(80) { hours(6) } else { days(3) };
            let at = at + dice.between(seconds(5), later);
            self.push(at, Deed::Refunds { parts: parts(dice) });
            if dice.percent(30) {
                self.push(at + dice.between(0, days(1)), Deed::Refunds { parts: parts(dice) });
            }
        }
        if dice.percent(5) {
            let at = at + dice.between(minutes(1), days(1));
            self.push(at, Deed::RefundsThere { part: dice.one_of(&[20, 50, 100]) });
            // Not every provider tells of a refund that was made by hand, and not every one says so when it is asked:
            // then only its settlement file does.
            self.push(at + days(1), Deed::Checks);
            self.push(at + days(9), Deed::Checks);
        }
    }

    fn strangers(&mut self, dice: &mut Dice, at: i64) {
        if dice.percent(10) {
            let all = [Forgery::OtherBody, Forgery::NoProof, Forgery::OtherMerchant, Forgery::Replay];
            let forgery = dice.one_of(&all);
            self.push(at + dice.between(seconds(1), hours(2)), Deed::Forges(forgery));
        }
    }
}

/// A click is a click, and sometimes two or three.
fn twice_in_ten(dice: &mut Dice) -> u8 {
    dice.one_of(&[1, 1, 1, 1, 1, 1, 1, 1, 2, 3])
}

fn parts(dice: &mut Dice) -> [u8; 3] {
    dice.one_of(&[[100, 0, 0], [100, 0, 0], [40, 0, 0], [25, 25, 0], [60, 60, 0], [60, 60, 60], [30, 70, 0]])
}

/// What can go wrong with any answer.
fn answer_fault(dice: &mut Dice, of_a_read: bool) -> Fault {
    let acts = if dice.percent(50) { Acts::Before } else { Acts::Never };
    match dice.below(if of_a_read { 12 } else { 11 }) {
        0 | 1 => Fault::SilentAfterActing,
        2 => Fault::ActAfterSilence { ms: dice.between(seconds(1), minutes(2)) },
        3 => Fault::DropBeforeActing,
        4 => Fault::Status { status: dice.one_of(&[500, 502, 503]), acts },
        5 => Fault::Status { status: 429, acts: Acts::Never },
        6 => Fault::HtmlErrorPage,
        7 => Fault::EmptyOk,
        8 => Fault::TruncatedJson,
        9 => Fault::UnknownStatus,
        10 => Fault::Slow { ms: dice.one_of(&[seconds(5), seconds(31)]) },
        _ => Fault::NotFoundThenFound,
    }
}

fn later_fault(dice: &mut Dice) -> (Op, Fault, u32) {
    let times = dice.one_of(&[1, 1, 1, 2, 4]);
    match dice.below(100) {
        0..14 => (Op::Fetch, answer_fault(dice, true), times),
        14..20 => (Op::FetchRefund, answer_fault(dice, true), times),
        20..26 => (Op::Capture, answer_fault(dice, false), times),
        26..29 => (Op::Void, answer_fault(dice, false), times),
        29..43 => (Op::Refund, answer_fault(dice, false), times),
        43..46 => (Op::Pay, Fault::WrongAmount { minor: dice.between(100, 15_000) }, 1),
        46..53 => (Op::Pay, Fault::LateAuthorization { ms: dice.between(minutes(1), hours(40)) }, 1),
        53..59 => (Op::Refund, Fault::RefundDelay { ms: dice.between(minutes(1), days(5)) }, times),
        59..64 => (Op::Refund, Fault::RefundFails { ms: dice.between(seconds(1), days(2)) }, 1),
        64..74 => (Op::Webhook, Fault::WebhookDrop, dice.one_of(&[1, 2, 9])),
        74..83 => {
            let n = u32::try_from(dice.between(1, 4)).unwrap_or(1);
            (Op::Webhook, Fault::WebhookDuplicate { n }, times)
        }
        83..91 => (Op::Webhook, Fault::WebhookReorder, times),
        // Shorter than an old webhook secret holds: one that was signed with it comes in time.
        _ => (Op::Webhook, Fault::WebhookDelay { ms: dice.between(seconds(5), hours(40)) }, times),
    }
}

#[test]
fn a_script_is_its_seed_and_its_number() {
    let draw = |seed, n| format!("{:?}", Script::draw(seed, n, 4, hours(1)));
    assert_eq!(draw(5, 17), draw(5, 17));
    assert_ne!(draw(5, 17), draw(6, 17));
}

/// Whatever is promised in docs/reliability.md stands in some script of a few hundred.
#[test]
fn the_scripts_hold_everything_that_can_go_wrong() {
    let all: String = (0..1_000).map(|n| format!("{:?}\n", Script::draw(1, n, 4, hours(1)))).collect();
    for word in [
        "SilentAfterActing",
        "ActAfterSilence",
        "DropBeforeActing",
        "status: 500",
        "status: 429",
        "HtmlErrorPage",
        "EmptyOk",
        "TruncatedJson",
        "UnknownStatus",
        "Slow",
        "NotFoundThenFound",
        "WrongAmount",
        "LateAuthorization",
        "RefundDelay",
        "RefundFails",
        "WebhookDrop",
        "WebhookDuplicate",
        "WebhookReorder",
        "WebhookDelay",
        "Captures",
        "CancelsPayment",
        "CancelsOrder",
        "Checks",
        "[60, 60, 60]",
        "RefundsThere",
        "OtherBody",
        "NoProof",
        "OtherMerchant",
        "Replay",
        "SaysYesLate",
        "Altered",
        "ToAnother",
        "First",
        "elsewhere: true",
        "\"leave\"",
        "\"silent\"",
        "\"fail\"",
        "\"authorize\"",
        "expires_ms: Some",
        "dollars: true",
    ] {
        assert!(all.contains(word), "no script has {word}");
    }
}
