//! The refund machine. Like the payment's: a union of facts, and a status read off it.
//!
//! A refund asked by us reserves its amount on the payment from the moment it is written down, and keeps the
//! reservation until the provider says that it failed. A refund made in the provider's own dashboard is adopted.

use crate::{Money, time::Millis};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Written down and reserved; the provider may not have heard of it yet.
    Requested,
    /// The provider has it.
    Processing,
    Processed,
    Failed,
}

impl Status {
    pub const ALL: &[Self] = &[Self::Requested, Self::Processing, Self::Processed, Self::Failed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Processing => "processing",
            Self::Processed => "processed",
            Self::Failed => "failed",
        }
    }

    /// Whether its amount still counts against what can be refunded.
    pub const fn reserves(self) -> bool {
        !matches!(self, Self::Failed)
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(())
    }
}

/// Why a merchant gives money back (PRODUCT RF1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    CustomerRequest,
    Dispute,
    Damaged,
    NotDelivered,
    Delayed,
    /// Paid twice or too late: given back by the merchant's standing policy.
    LateSuccess,
    Other,
}

impl Reason {
    pub const ALL: &[Self] = &[
        Self::CustomerRequest,
        Self::Dispute,
        Self::Damaged,
        Self::NotDelivered,
        Self::Delayed,
        Self::LateSuccess,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerRequest => "customer_request",
            Self::Dispute => "dispute",
            Self::Damaged => "damaged",
            Self::NotDelivered => "not_delivered",
            Self::Delayed => "delayed",
            Self::LateSuccess => "late_success",
            Self::Other => "other",
        }
    }
}

impl std::str::FromStr for Reason {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|r| r.as_str() == text).ok_or(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub at: Millis,
    pub happened: Happened,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The provider took it on.
    Accepted,
    Processed,
    /// Nothing went back, or it came back to the merchant's balance.
    Failed,
    WentUnknown,
    Answered,
}

/// Everything known about one refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub amount: Money,
    pub accepted: bool,
    /// The latest final word, by the provider's time; at one instant, failure is the later word.
    pub last: Option<(Millis, Final)>,
    pub unknown_at: Option<Millis>,
    pub answered_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Final {
    Processed,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Same,
    Move { to: State, effects: Vec<Effect> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Became {
        from: Status,
        to: Status,
    },
    /// Money went back: one ledger entry.
    Post,
    /// It had gone back and came back again: the mirror entry.
    Reverse,
}

impl State {
    pub const fn new(amount: Money) -> Self {
        Self { amount, accepted: false, last: None, unknown_at: None, answered_at: None }
    }

    pub fn status(&self) -> Status {
        match (self.last, self.accepted) {
            (Some((_, Final::Processed)), _) => Status::Processed,
            (Some((_, Final::Failed)), _) => Status::Failed,
            (None, true) => Status::Processing,
            (None, false) => Status::Requested,
        }
    }

    pub fn in_doubt_since(&self) -> Option<Millis> {
        self.unknown_at.filter(|at| self.answered_at.is_none_or(|a| a <= *at) && self.last.is_none())
    }

    fn join(&self, fact: &Fact) -> Self {
        let mut to = self.clone();
        match fact.happened {
            Happened::Accepted => to.accepted = true,
            Happened::Processed => to.last = to.last.max(Some((fact.at, Final::Processed))),
            Happened::Failed => to.last = to.last.max(Some((fact.at, Final::Failed))),
            Happened::WentUnknown => to.unknown_at = to.unknown_at.max(Some(fact.at)),
            Happened::Answered => to.answered_at = to.answered_at.max(Some(fact.at)),
        }
        to
    }
}

/// What `fact` makes of `state`. The only function that decides a refund's state.
pub fn step(state: &State, fact: &Fact) -> Step {
    let to = state.join(fact);
    if to == *state {
        return Step::Same;
    }
    let mut effects = Vec::new();
    let (before, after) = (state.status(), to.status());
    if before != after {
        match (before == Status::Processed, after == Status::Processed) {
            (false, true) => effects.push(Effect::Post),
            (true, false) => effects.push(Effect::Reverse),
            (false, false) | (true, true) => {}
        }
        effects.push(Effect::Became { from: before, to: after });
    }
    Step::Move { to, effects }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(facts: &[Fact]) -> (State, i32) {
        let mut state = State::new(Money::inr(50_000));
        let mut posted = 0;
        for fact in facts {
            if let Step::Move { to, effects } = step(&state, fact) {
                state = to;
                posted += i32::from(effects.contains(&Effect::Post));
                posted -= i32::from(effects.contains(&Effect::Reverse));
                assert!((0..=1).contains(&posted));
            }
        }
        (state, posted)
    }

    #[track_caller]
    fn ends(happened: &[Happened], status: Status) {
        let facts: Vec<_> =
            happened.iter().zip(1..).map(|(h, at)| Fact { at: Millis(at), happened: *h }).collect();
        assert_eq!(run(&facts).0.status(), status);
    }

    #[test]
    fn table_of_ends() {
        use Happened::*;
        ends(&[], Status::Requested);
        ends(&[WentUnknown], Status::Requested);
        ends(&[Accepted], Status::Processing);
        ends(&[Processed], Status::Processed);
        ends(&[Accepted, Processed], Status::Processed);
        ends(&[Processed, Accepted], Status::Processed);
        ends(&[Accepted, Failed], Status::Failed);
        ends(&[Processed, Failed], Status::Failed);
        ends(&[Failed, Processed], Status::Processed);
    }

    fn any_fact() -> impl Strategy<Value = Fact> {
        use Happened::*;
        let happened = prop::sample::select(vec![Accepted, Processed, Failed, WentUnknown, Answered]);
        (1_i64..6, happened).prop_map(|(at, happened)| Fact { at: Millis(at), happened })
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_ends_the_same(
            facts in prop::collection::vec(any_fact(), 1..7), turn in 0_usize..7, twice in any::<bool>(),
        ) {
            let mut other = facts.clone();
            other.rotate_left(turn % facts.len());
            if twice { other.extend(facts.iter().rev().cloned()); }
            let ((one, posted), (two, other_posted)) = (run(&facts), run(&other));
            prop_assert_eq!(&one, &two);
            prop_assert_eq!(posted, other_posted);
            prop_assert_eq!(posted == 1, one.status() == Status::Processed);
        }
    }
}
