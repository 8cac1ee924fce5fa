//! The order machine: what is owed, and whether it has been paid.

use crate::{Money, time::Millis};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Created,
    /// A payment of it was begun.
    Attempted,
    Paid,
    Expired,
    Cancelled,
}

impl Status {
    pub const ALL: &[Self] = &[Self::Created, Self::Attempted, Self::Paid, Self::Expired, Self::Cancelled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Attempted => "attempted",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a payment of it may be begun.
    pub const fn can_be_paid(self) -> bool {
        matches!(self, Self::Created | Self::Attempted)
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(())
    }
}

/// What a merchant wants done with money that arrives too late, and with a payment beside another one. What was taken
/// twice goes back under either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LateSuccess {
    /// Give the later one back: a payment may begin beside an open one, and what arrives for an order that is over is
    /// returned.
    Refund,
    /// Accept it, and void the other: an order that is over counts as paid after all, and a payment that begins takes
    /// the place of the open one.
    Accept,
}

impl LateSuccess {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Accept => "accept",
        }
    }
}

impl std::str::FromStr for LateSuccess {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "refund" => Ok(Self::Refund),
            "accept" => Ok(Self::Accept),
            _ => Err(()),
        }
    }
}

impl LateSuccess {
    /// As merchants read and write it.
    pub const fn in_full(self) -> &'static str {
        match self {
            Self::Refund => "refund_later",
            Self::Accept => "accept_and_void_other",
        }
    }

    /// What a merchant wrote. The short words of the database and of older commands count as well.
    pub fn read(text: &str) -> Option<Self> {
        let short = || text.parse().ok();
        [Self::Refund, Self::Accept].into_iter().find(|p| p.in_full() == text).or_else(short)
    }
}

/// Everything known about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub amount: Money,
    pub attempted: bool,
    /// When it stopped being offered, and that it was called off.
    pub expired_at: Option<Millis>,
    pub cancelled_at: Option<Millis>,
    /// Fitting captures, by provider time and the provider's payment id.
    pub paid_by: Vec<Paid>,
    pub late_success: LateSuccess,
}

/// One capture that fits the order's amount.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paid {
    pub at: Millis,
    pub provider_payment: String,
    /// The order stood closed when we learned of it. Not told by the provider's time: providers date a capture by
    /// when its try began, and a merchant who was told that an order is over must be right.
    pub late: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Attempted,
    Expired { at: Millis },
    Cancelled { at: Millis },
    Paid(Paid),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Same,
    Move { to: State, effects: Vec<Effect> },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    Became {
        from: Status,
        to: Status,
    },
    /// More came than was owed, or it came when nothing was and the merchant keeps none of that: it goes back.
    GiveBack {
        provider_payment: String,
    },
    /// More came than was owed: a person looks at it.
    Overpaid {
        provider_payment: String,
    },
}

impl State {
    pub const fn new(amount: Money, late_success: LateSuccess) -> Self {
        Self {
            amount,
            attempted: false,
            expired_at: None,
            cancelled_at: None,
            paid_by: Vec::new(),
            late_success,
        }
    }

    /// Whether money that becomes known from now on is late.
    pub const fn is_closed(&self) -> bool {
        self.expired_at.is_some() || self.cancelled_at.is_some()
    }

    /// The capture that pays it: the earliest by the provider's time of those in time; a late one where the merchant
    /// keeps it.
    fn payer(&self) -> Option<&Paid> {
        let first = |late| self.paid_by.iter().filter(|p| p.late == late).min();
        let kept = || first(true).filter(|_| self.late_success == LateSuccess::Accept);
        first(false).or_else(kept)
    }

    pub fn status(&self) -> Status {
        match () {
            () if self.payer().is_some() => Status::Paid,
            () if self.cancelled_at.is_some() => Status::Cancelled,
            () if self.expired_at.is_some() => Status::Expired,
            () if self.attempted || !self.paid_by.is_empty() => Status::Attempted,
            () => Status::Created,
        }
    }

    /// Captures that did not pay it, in order.
    fn extra(&self) -> Vec<&Paid> {
        let payer = self.payer();
        let mut extra: Vec<_> = self.paid_by.iter().filter(|p| Some(*p) != payer).collect();
        extra.sort();
        extra
    }
}

/// What `fact` makes of `state`. The only function that decides an order's state.
pub fn step(state: &State, fact: &Fact) -> Step {
    let mut to = state.clone();
    match fact {
        Fact::Attempted => to.attempted = true,
        Fact::Expired { at } => to.expired_at = Some(to.expired_at.map_or(*at, |old| old.min(*at))),
        Fact::Cancelled { at } => to.cancelled_at = Some(to.cancelled_at.map_or(*at, |old| old.min(*at))),
        Fact::Paid(paid) if to.paid_by.contains(paid) => {}
        Fact::Paid(paid) => {
            to.paid_by.push(paid.clone());
            to.paid_by.sort();
        }
    }
    if to == *state {
        return Step::Same;
    }
    let mut effects = Vec::new();
    let before = state.extra();
    for extra in to.extra().into_iter().filter(|p| !before.contains(p)) {
        let provider_payment = extra.provider_payment.clone();
        if to.payer().is_some() {
            effects.push(Effect::Overpaid { provider_payment: provider_payment.clone() });
        }
        effects.push(Effect::GiveBack { provider_payment });
    }
    if to.status() != state.status() {
        effects.push(Effect::Became { from: state.status(), to: to.status() });
    }
    Step::Move { to, effects }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paid(id: &str, at: i64) -> Fact {
        Fact::Paid(Paid { at: Millis(at), provider_payment: id.into(), late: false })
    }

    fn late(id: &str, at: i64) -> Fact {
        Fact::Paid(Paid { at: Millis(at), provider_payment: id.into(), late: true })
    }

    fn run(policy: LateSuccess, facts: &[Fact]) -> (State, Vec<Effect>) {
        let mut state = State::new(Money::inr(100), policy);
        let mut all = Vec::new();
        for fact in facts {
            if let Step::Move { to, effects } = step(&state, fact) {
                state = to;
                all.extend(effects);
            }
        }
        (state, all)
    }

    #[track_caller]
    fn ends(policy: LateSuccess, facts: &[Fact], status: Status, given_back: &[&str]) {
        let (state, effects) = run(policy, facts);
        assert_eq!(state.status(), status);
        let back: Vec<_> = effects
            .iter()
            .filter_map(|e| match e {
                Effect::GiveBack { provider_payment } => Some(provider_payment.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(back, given_back);
    }

    #[test]
    fn table_of_ends() {
        use LateSuccess::{Accept, Refund};
        let expired = || Fact::Expired { at: Millis(10) };
        ends(Refund, &[], Status::Created, &[]);
        ends(Refund, &[Fact::Attempted], Status::Attempted, &[]);
        ends(Refund, &[Fact::Attempted, paid("a", 5)], Status::Paid, &[]);
        ends(Refund, &[paid("a", 5), paid("a", 5)], Status::Paid, &[]);
        ends(Refund, &[paid("a", 5), paid("b", 6)], Status::Paid, &["b"]);
        ends(Accept, &[paid("a", 5), paid("b", 6)], Status::Paid, &["b"]);
        ends(Refund, &[expired(), late("a", 11)], Status::Expired, &["a"]);
        ends(Accept, &[expired(), late("a", 11)], Status::Paid, &[]);
        // Dated before the end by its provider, and heard of after it: the merchant knows that the order is over.
        ends(Refund, &[expired(), late("a", 9)], Status::Expired, &["a"]);
        ends(Refund, &[paid("a", 9), Fact::Cancelled { at: Millis(20) }], Status::Paid, &[]);
        ends(Refund, &[Fact::Cancelled { at: Millis(3) }, late("a", 9)], Status::Cancelled, &["a"]);
        // A late one never takes the place of one that paid, however early it is dated.
        ends(Refund, &[paid("b", 6), late("a", 5)], Status::Paid, &["a"]);
        ends(Accept, &[paid("b", 6), late("a", 5)], Status::Paid, &["a"]);
        ends(Accept, &[expired(), late("a", 11), late("b", 12)], Status::Paid, &["b"]);
    }

    fn any_fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            Just(Fact::Attempted),
            (1_i64..8).prop_map(|at| Fact::Expired { at: Millis(at) }),
            (1_i64..8).prop_map(|at| Fact::Cancelled { at: Millis(at) }),
            (prop::sample::select(vec!["a", "b", "c"]), 1_i64..8).prop_map(|(id, at)| paid(id, at)),
            (prop::sample::select(vec!["d", "e"]), 1_i64..8).prop_map(|(id, at)| late(id, at)),
        ]
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_ends_the_same(
            facts in prop::collection::vec(any_fact(), 1..7), turn in 0_usize..7, accept in any::<bool>(),
        ) {
            let policy = if accept { LateSuccess::Accept } else { LateSuccess::Refund };
            let mut other: Vec<_> = facts.iter().rev().cloned().collect();
            other.rotate_left(turn % facts.len());
            other.extend(facts.iter().cloned());
            let ((one, effects), (two, others)) = (run(policy, &facts), run(policy, &other));
            prop_assert_eq!(&one, &two);
            // Whoever did not pay the order in the end was given back on the way, under either policy.
            for extra in one.extra() {
                let back = Effect::GiveBack { provider_payment: extra.provider_payment.clone() };
                prop_assert!(effects.contains(&back) && others.contains(&back));
            }
        }
    }
}
