//! What providers really did, beside what the house knows of it.

use crate::guard::{Beside, Opening, Verdict};
use crate::order::{self, LateSuccess, Paid};
use crate::payment::{self, Effect, Fact, Happened, Into, Status, Try, TryDetail};
use crate::{FailureReason, Millis, Money};
use std::collections::BTreeSet;

const OWED: Money = Money::inr(149_900);
const PART: Money = Money::inr(50_000);

/// What the house decides by. Replaced one by one to see that each is needed.
#[derive(Clone, Copy)]
pub(super) struct Decisions {
    pub(super) may_begin: fn(LateSuccess, &[Beside]) -> Verdict,
    pub(super) fails_over: fn(Opening) -> bool,
    pub(super) to_void: fn(LateSuccess, &[Beside]) -> Vec<usize>,
    pub(super) order_step: fn(&order::State, &order::Fact) -> order::Step,
}

/// How a provider answers an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    NotDone,
    /// It opened it, and the answer was lost.
    SilentDone,
    /// It never heard of it.
    SilentIdle,
}

/// What a payer does at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payer {
    Pays,
    Holds,
    Fails,
}

/// One thing that happens. Places are counted around, so that most runs do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// The payer asks to pay, at this connection first; the answers are those of whoever is asked.
    Begin {
        first: usize,
        answers: [Answer; 3],
    },
    Payer {
        payment: usize,
        how: Payer,
    },
    /// One message arrives: out of order, late, or again.
    Hears {
        payment: usize,
        which: usize,
    },
    /// The provider is asked and tells everything.
    Asks {
        payment: usize,
    },
    /// The merchant takes what is held, the whole or a part; the answer may be lost.
    Captures {
        payment: usize,
        part: bool,
        heard: bool,
    },
    Lapses {
        payment: usize,
    },
    CallsOff {
        payment: usize,
    },
    OrderExpires,
    OrderCancelled,
}

/// What must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Two charges stand, and neither goes back nor is questioned.
    ChargedTwice,
    /// Money was taken, and the order is not paid, nor does it go back, nor does anybody ask.
    Lost,
    /// The next connection was asked although the one before may have acted.
    FailedOverInDoubt,
    /// A payment began although another that its payer could reach may have been charged.
    BegunInDoubt,
    /// Two payments open at one time, where the merchant pays nothing back beside another.
    TwoOpen,
    /// The order is paid, and another payment is still offered under that policy.
    OpenBesidePaid,
}

struct Engagement {
    connection: usize,
    state: payment::State,
    has_handle: bool,
    /// It exists at the provider.
    opened_there: bool,
    /// What the provider would tell, in the order in which it came to be.
    would_tell: Vec<Fact>,
    /// Money that was really taken, by the provider's payment.
    charges: BTreeSet<String>,
    holds: BTreeSet<String>,
}

pub(super) struct World {
    decisions: Decisions,
    now: i64,
    order: order::State,
    payments: Vec<Engagement>,
    /// Captures that the house knows as sales.
    sold: BTreeSet<String>,
    given_back: BTreeSet<String>,
    questioned: BTreeSet<String>,
}

impl World {
    pub(super) fn new(decisions: Decisions, policy: LateSuccess) -> Self {
        Self {
            decisions,
            now: 0,
            order: order::State::new(OWED, policy),
            payments: Vec::new(),
            sold: BTreeSet::new(),
            given_back: BTreeSet::new(),
            questioned: BTreeSet::new(),
        }
    }

    pub(super) fn plays(&mut self, deed: Deed) -> Result<(), Broken> {
        self.now += 1;
        let around = self.payments.len().max(1);
        match deed {
            Deed::Begin { first, answers } => return self.begins(first, answers),
            Deed::Payer { payment, how } => self.payer(payment % around, how),
            Deed::Hears { payment, which } => self.hears(payment % around, which),
            Deed::Asks { payment } => self.asks(payment % around),
            Deed::Captures { payment, part, heard } => self.captures(payment % around, part, heard),
            Deed::Lapses { payment } => self.ends(payment % around, Happened::Lapsed),
            Deed::CallsOff { payment } => self.ends(payment % around, Happened::Cancelled),
            Deed::OrderExpires if self.may_end() => {
                self.of_order(&order::Fact::Expired { at: Millis(self.now) })
            }
            Deed::OrderCancelled if self.may_end() => {
                for at in 0..self.payments.len() {
                    self.ends(at, Happened::Cancelled);
                }
                self.of_order(&order::Fact::Cancelled { at: Millis(self.now) });
            }
            Deed::OrderExpires | Deed::OrderCancelled => {}
        }
        Ok(())
    }

    // ---- beginning

    fn begins(&mut self, first: usize, answers: [Answer; 3]) -> Result<(), Broken> {
        for (nth, answer) in answers.into_iter().enumerate() {
            let connection = (first + nth) % answers.len();
            if !self.order.status().can_be_paid() {
                return Ok(());
            }
            let beside = self.beside(Some(connection));
            match (self.decisions.may_begin)(self.order.late_success, &beside) {
                Verdict::Same(_) | Verdict::InDoubt | Verdict::InProgress => return Ok(()),
                Verdict::Free | Verdict::After(_) => {}
                Verdict::InsteadOf(others) => {
                    for at in others {
                        self.ends(at, Happened::Cancelled);
                    }
                }
            }
            let reachable = |p: &Engagement| p.has_handle || !p.state.tries.is_empty();
            if self.payments.iter().any(|p| p.state.in_doubt_since().is_some() && reachable(p)) {
                return Err(Broken::BegunInDoubt);
            }
            let opening = self.opens(connection, answer);
            if !(self.decisions.fails_over)(opening) {
                return Ok(());
            }
            if opening == Opening::Unknown {
                return Err(Broken::FailedOverInDoubt);
            }
        }
        Ok(())
    }

    fn opens(&mut self, connection: usize, answer: Answer) -> Opening {
        self.payments.push(Engagement {
            connection,
            state: payment::State::new(OWED),
            has_handle: answer == Answer::Done,
            opened_there: matches!(answer, Answer::Done | Answer::SilentDone),
            would_tell: Vec::new(),
            charges: BTreeSet::new(),
            holds: BTreeSet::new(),
        });
        self.of_order(&order::Fact::Attempted);
        let at = self.payments.len() - 1;
        let reason = FailureReason::ProviderRefused;
        match answer {
            Answer::Done => {
                self.learns(at, Happened::Opened);
                Opening::Done
            }
            Answer::NotDone => {
                self.learns(at, Happened::Refused { reason });
                Opening::NotDone
            }
            Answer::SilentDone | Answer::SilentIdle => {
                self.learns(at, Happened::WentUnknown);
                Opening::Unknown
            }
        }
    }

    fn beside(&self, asked: Option<usize>) -> Vec<Beside> {
        let of = |p: &Engagement| Beside {
            status: p.state.status(),
            in_doubt: p.state.in_doubt_since().is_some(),
            has_handle: p.has_handle,
            was_tried: !p.state.tries.is_empty(),
            is_ours: false,
            being_opened: false,
            same: asked == Some(p.connection),
        };
        self.payments.iter().map(of).collect()
    }

    // ---- at the provider

    /// Whatever became of it here, the payer's window may still be open there.
    fn payer(&mut self, at: usize, how: Payer) {
        let now = Millis(self.now);
        let Some(p) = self.payments.get_mut(at).filter(|p| p.has_handle && p.opened_there) else { return };
        let id = format!("{at}.{}", p.would_tell.len());
        let what = match how {
            Payer::Pays => {
                p.charges.insert(id.clone());
                Try::Captured { amount: OWED }
            }
            Payer::Holds => {
                p.holds.insert(id.clone());
                Try::Authorized { amount: OWED }
            }
            Payer::Fails => Try::Failed { reason: FailureReason::DeclinedByBank },
        };
        p.would_tell.push(tried(&id, now, what));
    }

    fn captures(&mut self, at: usize, part: bool, heard: bool) {
        let now = Millis(self.now);
        let Some(p) = self.payments.get(at) else { return };
        let held = p.state.held().filter(|_| p.state.status() == Status::Authorized);
        let Some((id, _)) = held.filter(|_| p.state.in_doubt_since().is_none()) else { return };
        let (id, amount) = (id.to_owned(), if part { PART } else { OWED });
        self.learns(at, Happened::CaptureAsked { amount });
        let fact = tried(&id, now, Try::Captured { amount });
        let p = &mut self.payments[at];
        if p.holds.remove(&id) {
            p.charges.insert(id);
            p.would_tell.push(fact.clone());
        }
        if heard { self.takes_in(at, &fact) } else { self.learns(at, Happened::WentUnknown) }
    }

    // ---- hearing of it

    fn hears(&mut self, at: usize, which: usize) {
        let Some(p) = self.payments.get(at) else { return };
        let Some(fact) = p.would_tell.get(which % p.would_tell.len().max(1)).cloned() else { return };
        self.takes_in(at, &fact);
    }

    fn asks(&mut self, at: usize) {
        let Some(p) = self.payments.get(at) else { return };
        let (there, known, told) = (p.opened_there, p.state.opened, p.would_tell.clone());
        self.now += 1;
        self.learns(at, Happened::Answered);
        if there && !known {
            self.payments[at].has_handle = true;
            self.learns(at, Happened::Opened);
        }
        if !there && !known {
            self.learns(at, Happened::Refused { reason: FailureReason::ProviderError });
        }
        for fact in told {
            self.takes_in(at, &fact);
        }
    }

    /// Ended by us: only what is open, and never what may have been charged.
    fn ends(&mut self, at: usize, how: Happened) {
        let free = |p: &&Engagement| p.state.status().is_open() && p.state.in_doubt_since().is_none();
        let ends = self.payments.get(at).filter(free).is_some();
        // A hold is not ended by the clock.
        let held = self.payments.get(at).is_some_and(|p| p.state.status() == Status::Authorized);
        if ends && !(held && how == Happened::Lapsed) {
            self.learns(at, how);
        }
    }

    fn may_end(&self) -> bool {
        let doubtful = self.payments.iter().any(|p| p.state.in_doubt_since().is_some());
        self.order.status().can_be_paid() && !doubtful
    }

    fn learns(&mut self, at: usize, happened: Happened) {
        self.takes_in(at, &Fact { at: Millis(self.now), happened });
    }

    fn takes_in(&mut self, at: usize, fact: &Fact) {
        let payment::Step::Move { to, effects } = payment::step(&self.payments[at].state, fact) else {
            return;
        };
        self.payments[at].state = to;
        for effect in effects {
            match effect {
                Effect::PostCapture(post) if post.into == Into::Sales => {
                    let late = self.order.is_closed();
                    self.sold.insert(post.provider_payment.clone());
                    let paid = Paid { at: post.at, provider_payment: post.provider_payment, late };
                    self.of_order(&order::Fact::Paid(paid));
                }
                Effect::OpenDiscrepancy(doubt) => {
                    self.questioned.insert(doubt.provider_payment);
                }
                Effect::PostCapture(_) | Effect::Became { .. } | Effect::TryFailed { .. } => {}
            }
        }
    }

    fn of_order(&mut self, fact: &order::Fact) {
        let order::Step::Move { to, effects } = (self.decisions.order_step)(&self.order, fact) else {
            return;
        };
        self.order = to;
        for effect in effects {
            match effect {
                order::Effect::GiveBack { provider_payment } => {
                    self.given_back.insert(provider_payment);
                }
                order::Effect::Overpaid { provider_payment } => {
                    self.questioned.insert(provider_payment);
                }
                order::Effect::Became { to: order::Status::Paid, .. } => {
                    for at in (self.decisions.to_void)(self.order.late_success, &self.beside(None)) {
                        self.ends(at, Happened::Cancelled);
                    }
                }
                order::Effect::Became { .. } => {}
            }
        }
    }

    // ---- what must hold

    fn is_settled(&self, id: &String) -> bool {
        self.given_back.contains(id) || self.questioned.contains(id)
    }

    /// At any instant, of what the house knows.
    pub(super) fn holds_as_known(&self) -> Result<(), Broken> {
        if self.sold.iter().filter(|id| !self.is_settled(id)).count() > 1 {
            return Err(Broken::ChargedTwice);
        }
        if self.order.late_success == LateSuccess::Refund {
            return Ok(());
        }
        let open = |p: &&Engagement| {
            let known = p.state.in_doubt_since().is_none();
            known && p.has_handle && matches!(p.state.status(), Status::Pending | Status::Authorized)
        };
        let open = self.payments.iter().filter(open).count();
        if self.order.status() == order::Status::Paid && open > 0 && self.all_is_heard() {
            return Err(Broken::OpenBesidePaid);
        }
        // An opening that went unknown and turned up later stands beside the one that took its place.
        let orphans = self.payments.iter().any(|p| p.state.unknown_at.is_some());
        // A try that comes to light brings back what had ended.
        let came_back =
            self.payments.iter().any(|p| (p.state.lapsed || p.state.refused.is_some()) && open_again(p));
        if open > 1 && !orphans && !came_back { Err(Broken::TwoOpen) } else { Ok(()) }
    }

    /// Nothing came to light after the order was paid: what was open then was called off then.
    fn all_is_heard(&self) -> bool {
        self.payments.iter().all(|p| p.state.unknown_at.is_none() && !open_again(p))
    }

    pub(super) fn is_asked_about_everything(&mut self) -> Result<(), Broken> {
        for at in 0..self.payments.len() {
            self.asks(at);
            self.holds_as_known()?;
        }
        Ok(())
    }

    /// In the end, of what the providers really did.
    pub(super) fn holds_in_truth(&self) -> Result<(), Broken> {
        let charges = || self.payments.iter().flat_map(|p| &p.charges);
        if charges().filter(|id| !self.is_settled(id)).count() > 1 {
            return Err(Broken::ChargedTwice);
        }
        let paid = self.order.status() == order::Status::Paid;
        let lost = |id: &&String| !self.sold.contains(*id) && !self.is_settled(id);
        if charges().find(lost).is_some() || (!paid && charges().any(|id| !self.is_settled(id))) {
            return Err(Broken::Lost);
        }
        Ok(())
    }
}

/// Held by a bank after it had ended for us.
fn open_again(p: &Engagement) -> bool {
    p.state.status() == Status::Authorized && (p.state.lapsed || p.state.refused.is_some())
}

fn tried(id: &str, at: Millis, what: Try) -> Fact {
    let happened = Happened::Tried { provider_payment: id.to_owned(), what, detail: TryDetail::default() };
    Fact { at, happened }
}
