//! Rehearsals: in test mode a request may say what its payer will do, and a job does it at the provider's simulator.
//!
//! Nothing is made up: the simulated payer really pays, declines or leaves, and what follows comes the way it always
//! comes, by notices and polls. Live mode knows none of it.

mod play;

pub(crate) use play::{play, silence};

use crate::App;
use crate::error::Error;
use hundi_core::time::{days, minutes};
use hundi_core::{Method, Millis, Mode, PaymentId, Scope};
use hundi_store::orders::Order;
use hundi_store::rehearsals::{self as rows, Rehearsal, Usual};
use std::str::FromStr;

/// The longest that a payer takes their time.
pub const DELAY_MS_MAX: i64 = minutes(10);
/// How far one rehearsal may move the simulators' clock.
pub const CLOCK_MS_MAX: i64 = days(30);
/// How a simulated payer may pay.
pub const METHODS: &[Method] = &[Method::Upi, Method::Card, Method::Netbanking, Method::Wallet];

/// What the payer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pay,
    /// The bank holds the money.
    Authorize,
    Decline,
    InsufficientFunds,
    /// Goes away without a try.
    Leave,
    /// Tries, and no word comes back.
    Silent,
    /// The provider takes the payment on and answers nothing: what became of it is unknown.
    Doubt,
    /// One of the others, drawn from the seed.
    Random,
}

impl Outcome {
    pub const ALL: &[Self] = &[
        Self::Pay,
        Self::Authorize,
        Self::Decline,
        Self::InsufficientFunds,
        Self::Leave,
        Self::Silent,
        Self::Doubt,
        Self::Random,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Authorize => "authorize",
            Self::Decline => "decline",
            Self::InsufficientFunds => "insufficient_funds",
            Self::Leave => "leave",
            Self::Silent => "silent",
            Self::Doubt => "doubt",
            Self::Random => "random",
        }
    }
}

/// No outcome is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoOutcome;

impl FromStr for Outcome {
    type Err = NoOutcome;

    fn from_str(text: &str) -> Result<Self, NoOutcome> {
        Self::ALL.iter().copied().find(|outcome| outcome.as_str() == text).ok_or(NoOutcome)
    }
}

/// What a request or a key asks for. Whatever it leaves out is the key's own, and then the usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub outcome: Option<Outcome>,
    pub method: Option<Method>,
    pub delay_ms: Option<i64>,
    pub seed: Option<i64>,
    pub clock_ms: Option<i64>,
}

impl Wish {
    /// A wish for nothing: payers do as they please.
    pub const NONE: Self = Self { outcome: None, method: None, delay_ms: None, seed: None, clock_ms: None };

    /// This one, and what it leaves out by the other.
    fn over(self, usual: Self) -> Self {
        Self {
            outcome: self.outcome.or(usual.outcome),
            method: self.method.or(usual.method),
            delay_ms: self.delay_ms.or(usual.delay_ms),
            seed: self.seed.or(usual.seed),
            clock_ms: self.clock_ms.or(usual.clock_ms),
        }
    }
}

/// What is going to be played: nothing left open.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) outcome: Outcome,
    method: Option<Method>,
    pub(crate) delay_ms: i64,
    clock_ms: i64,
}

impl Wanted {
    pub(crate) fn row(&self, payment: PaymentId, scope: Scope, now: Millis) -> Rehearsal {
        Rehearsal {
            payment_id: payment,
            scope,
            outcome: self.outcome.as_str().to_owned(),
            method: self.method,
            delay_ms: self.delay_ms,
            clock_ms: self.clock_ms,
            created_at: now,
            played_at: None,
            note: None,
        }
    }
}

/// What a payment that is begun now is to play, by what its request and its key ask for. In live mode nothing may be
/// asked for.
pub async fn wish(app: &App, scope: Scope, key_id: &str, asked: Wish) -> Result<Wish, Error> {
    match scope.mode() {
        Mode::Live if asked == Wish::NONE => Ok(asked),
        Mode::Live => Err(Error::TestModeOnly),
        Mode::Test => {
            let wish = asked.clone().over(usual(app, scope, key_id).await?);
            if wish.outcome.is_none() && asked != Wish::NONE {
                return Err(Error::invalid("Hundi-Test-Outcome", "Say what the payer does, such as pay."));
            }
            Ok(wish)
        }
    }
}

/// Draws what was left to chance: the same seed gives the same outcome to the same receipt, or amount.
pub(crate) fn wanted(wish: &Wish, order: &Order) -> Option<Wanted> {
    let outcome = match wish.outcome? {
        Outcome::Random => drawn(wish.seed.unwrap_or(0), order),
        other => other,
    };
    Some(Wanted {
        outcome,
        method: wish.method,
        delay_ms: wish.delay_ms.unwrap_or(0),
        clock_ms: wish.clock_ms.unwrap_or(0),
    })
}

fn drawn(seed: i64, order: &Order) -> Outcome {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let of = order.receipt.clone().unwrap_or_else(|| order.amount.minor().to_string());
    let text = format!("{seed}:{of}");
    let hash = text.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    // The low digits of this hash are the weaker ones.
    match (hash >> 16) % 100 {
        0..70 => Outcome::Pay,
        70..80 => Outcome::Decline,
        80..90 => Outcome::InsufficientFunds,
        90..95 => Outcome::Leave,
        _ => Outcome::Doubt,
    }
}

/// What a test key asks for with every payment.
pub async fn usual(app: &App, scope: Scope, key_id: &str) -> Result<Wish, Error> {
    let key_id = key_id.to_owned();
    let kept = app.store.read(async move |tx| rows::usual(tx, scope, &key_id).await).await?;
    let Some(kept) = kept else { return Ok(Wish::NONE) };
    let outcome = kept.outcome.as_deref().map(str::parse).transpose();
    Ok(Wish {
        outcome: outcome.map_err(|NoOutcome| Error::Bug("a key asks for no outcome".into()))?,
        method: kept.method,
        delay_ms: kept.delay_ms,
        seed: kept.seed,
        clock_ms: kept.clock_ms,
    })
}

/// Puts a wish in the place of what a test key asked for before.
pub async fn set_usual(app: &App, scope: Scope, key_id: &str, wish: Wish) -> Result<(), Error> {
    if scope.mode() == Mode::Live {
        return Err(Error::TestModeOnly);
    }
    let (key_id, now) = (key_id.to_owned(), app.now());
    let row = Usual {
        outcome: wish.outcome.map(|outcome| outcome.as_str().to_owned()),
        method: wish.method,
        delay_ms: wish.delay_ms,
        seed: wish.seed,
        clock_ms: wish.clock_ms,
    };
    Ok(app.store.write(async move |tx| rows::put_usual(tx, scope, &key_id, &row, now).await).await?)
}
