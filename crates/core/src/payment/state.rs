//! The union of all facts about one payment, and the status that is read off it.

use super::fact::{Captured, Fact, Happened, Try, TryDetail};
use super::{DoubtKind, Doubtful};
use crate::{FailureReason, Money, time::Millis};
use std::collections::{BTreeMap, BTreeSet};

/// A payment's status, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Written down; the provider may not have heard of it yet.
    Created,
    /// With the provider or the payer.
    Pending,
    Authorized,
    Captured,
    Failed,
    Expired,
    Cancelled,
}

impl Status {
    pub const ALL: &[Self] = &[
        Self::Created,
        Self::Pending,
        Self::Authorized,
        Self::Captured,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The payer may still be at it, or the bank holds money for it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Pending | Self::Authorized)
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(())
    }
}

/// Everything known about one payment. Grows by [`State::join`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What the payer was asked for.
    pub asked: Money,
    pub opened: bool,
    pub approved: bool,
    pub refused: Option<Refused>,
    pub lapsed: bool,
    pub cancelled: bool,
    /// The latest call whose outcome we do not know, and the latest answer about this payment.
    pub unknown_at: Option<Millis>,
    pub answered_at: Option<Millis>,
    /// What the merchant last asked to take of a hold, and when.
    pub capture_asked: Option<Captured>,
    /// By the provider's payment id.
    pub tries: BTreeMap<String, TryState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    pub at: Millis,
    pub reason: FailureReason,
}

/// All that was said of one try. Absent means: not said (yet).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TryState {
    /// The earliest time that anything was said of it: the provider's, so it is the same in any order.
    pub first_at: Millis,
    /// The latest failure. A try can fail and still be authorised later: the bank answered late.
    pub failure: Option<(Millis, FailureReason)>,
    pub authorized: Option<Money>,
    pub released: bool,
    pub captured: Option<Captured>,
    /// Two different amounts were said to be captured under one id.
    pub contradicted: bool,
    pub detail: TryDetail,
}

impl TryState {
    pub fn failed(&self) -> bool {
        self.failure.is_some()
    }

    fn new(at: Millis) -> Self {
        Self {
            first_at: at,
            failure: None,
            authorized: None,
            released: false,
            captured: None,
            contradicted: false,
            detail: TryDetail::default(),
        }
    }

    fn join(&mut self, due: Money, at: Millis, what: &Try, detail: &TryDetail) {
        self.first_at = self.first_at.min(at);
        match what {
            Try::Started => {}
            Try::Failed { reason } => self.failure = self.failure.max(Some((at, *reason))),
            Try::Authorized { amount } => {
                self.authorized = Some(self.authorized.map_or(*amount, |a| least(a, *amount)));
            }
            Try::Released => self.released = true,
            Try::Captured { amount } => {
                let new = Captured { amount: *amount, at };
                self.contradicted |= self.captured.is_some_and(|old| old.amount != *amount);
                self.captured = Some(self.captured.map_or(new, |old| fitting(due, old, new)));
            }
        }
        self.detail.join(detail);
    }
}

impl TryDetail {
    /// Keeps what is known; of two differing values the greater, so that order does not matter.
    fn join(&mut self, other: &Self) {
        fn keep<T: Ord + Clone>(mine: &mut Option<T>, theirs: &Option<T>) {
            if *theirs > *mine {
                mine.clone_from(theirs);
            }
        }
        keep(&mut self.method, &other.method);
        keep(&mut self.instrument, &other.instrument);
        keep(&mut self.bank_ref, &other.bank_ref);
        keep(&mut self.provider_code, &other.provider_code);
        keep(&mut self.quoted_fee, &other.quoted_fee);
        keep(&mut self.quoted_tax, &other.quoted_tax);
    }
}

fn least(a: Money, b: Money) -> Money {
    if (b.currency(), b.minor()) < (a.currency(), a.minor()) { b } else { a }
}

/// Of two captures said of one id: the one that fits what is due, so that a paid payment stays paid; then the earliest.
fn fitting(due: Money, a: Captured, b: Captured) -> Captured {
    let key = |c: &Captured| (c.amount != due, c.at, c.amount.currency(), c.amount.minor());
    if key(&b) < key(&a) { b } else { a }
}

/// Of two askings the later one; at one instant the greater.
fn later(a: Captured, b: Captured) -> Captured {
    let key = |c: &Captured| (c.at, c.amount.currency(), c.amount.minor());
    if key(&b) > key(&a) { b } else { a }
}

impl State {
    /// A payment that was only just written down.
    pub const fn new(asked: Money) -> Self {
        Self {
            asked,
            opened: false,
            approved: false,
            refused: None,
            lapsed: false,
            cancelled: false,
            unknown_at: None,
            answered_at: None,
            capture_asked: None,
            tries: BTreeMap::new(),
        }
    }

    pub(super) fn join(&self, fact: &Fact) -> Self {
        let mut to = self.clone();
        match &fact.happened {
            Happened::Opened => to.opened = true,
            Happened::Approved => to.approved = true,
            Happened::Refused { reason } => {
                let new = Refused { at: fact.at, reason: *reason };
                to.refused = Some(to.refused.map_or(new, |old| old.min(new)));
            }
            Happened::Lapsed => to.lapsed = true,
            Happened::Cancelled => to.cancelled = true,
            Happened::WentUnknown => to.unknown_at = to.unknown_at.max(Some(fact.at)),
            Happened::CaptureAsked { amount } => {
                let new = Captured { amount: *amount, at: fact.at };
                to.capture_asked = Some(to.capture_asked.map_or(new, |old| later(old, new)));
            }
            Happened::Answered => to.answered_at = to.answered_at.max(Some(fact.at)),
            Happened::Tried { provider_payment, what, detail } => {
                let entry = to.tries.entry(provider_payment.clone());
                entry.or_insert_with(|| TryState::new(fact.at)).join(self.due(), fact.at, what, detail);
            }
        }
        to
    }

    /// What a capture has to come to: as much as the merchant asked to take, or else all that the payer was asked for.
    pub fn due(&self) -> Money {
        self.capture_asked.map_or(self.asked, |c| c.amount)
    }

    pub fn status(&self) -> Status {
        let any = |is: fn(&TryState) -> bool| self.tries.values().any(is);
        let paid = self.tries.values().any(|t| t.captured.is_some_and(|c| c.amount == self.due()));
        let held = any(|t| t.authorized.is_some() && !t.released && t.captured.is_none());
        match () {
            () if paid => Status::Captured,
            () if self.cancelled => Status::Cancelled,
            () if held => Status::Authorized,
            () if self.refused.is_some() => Status::Failed,
            () if self.lapsed && any(TryState::failed) => Status::Failed,
            () if self.lapsed => Status::Expired,
            () if self.opened || self.approved || !self.tries.is_empty() => Status::Pending,
            () => Status::Created,
        }
    }

    /// Since when a call's outcome is unknown, if the provider has not answered since.
    pub fn in_doubt_since(&self) -> Option<Millis> {
        let settled = matches!(self.status(), Status::Captured | Status::Failed);
        // An answer in the same millisecond may have been given before: doubt stays.
        self.unknown_at.filter(|at| self.answered_at.is_none_or(|a| a <= *at) && !settled)
    }

    /// The payer agreed, nothing came of it yet, and nobody called it off: the provider waits for our word.
    pub fn awaits_our_word(&self) -> bool {
        let over = self.cancelled || self.lapsed || self.refused.is_some();
        let moved = |t: &TryState| t.captured.is_some() || t.authorized.is_some();
        self.approved && !over && !self.tries.values().any(moved)
    }

    /// Why it failed, from the refusal or the latest failed try.
    pub fn failure(&self) -> Option<FailureReason> {
        let tried = self.tries.values().filter_map(|t| t.failure).max().map(|(_, reason)| reason);
        self.refused.map(|r| r.reason).or(tried)
    }

    pub fn captures(&self) -> impl Iterator<Item = (&str, Captured)> {
        self.tries.iter().filter_map(|(id, t)| Some((id.as_str(), t.captured?)))
    }

    pub fn tries(&self) -> impl Iterator<Item = (&str, &TryState)> {
        self.tries.iter().map(|(id, t)| (id.as_str(), t))
    }

    /// The try whose hold could be captured: the earliest by the provider's time, then its id.
    pub fn held(&self) -> Option<(&str, Money)> {
        let held = self.tries.iter().filter(|(_, t)| !t.released && t.captured.is_none());
        held.filter_map(|(id, t)| Some((t.first_at, id.as_str(), t.authorized?)))
            .min_by_key(|(at, id, _)| (*at, *id))
            .map(|(_, id, amount)| (id, amount))
    }

    pub(super) fn has_captured(&self, id: &str) -> bool {
        self.tries.get(id).is_some_and(|t| t.captured.is_some())
    }

    pub(super) fn has_failed(&self, id: &str) -> bool {
        self.tries.get(id).is_some_and(TryState::failed)
    }

    /// All that is questionable, read off the union so that it is the same in any order.
    pub(super) fn doubtful(&self) -> BTreeSet<Doubtful> {
        let mut doubts = BTreeSet::new();
        let mut fitting: Vec<(Millis, &str)> = Vec::new();
        for (id, t) in self.tries() {
            let mut doubt = |kind| doubts.insert(Doubtful { kind, provider_payment: id.to_owned() });
            let Some(captured) = t.captured else { continue };
            if captured.amount.currency() != self.due().currency() {
                doubt(DoubtKind::CurrencyMismatch);
            } else if captured.amount != self.due() {
                doubt(DoubtKind::AmountMismatch);
            } else {
                fitting.push((captured.at, id));
            }
            if t.contradicted {
                doubt(DoubtKind::AmountMismatch);
            }
            if t.released {
                doubt(DoubtKind::StatusMismatch);
            }
        }
        // The first capture pays; "first" is the provider's time, then its id, never ours of arrival.
        fitting.sort_unstable();
        for (_, id) in fitting.iter().skip(1) {
            doubts.insert(Doubtful { kind: DoubtKind::Duplicate, provider_payment: (*id).to_owned() });
        }
        doubts
    }
}
