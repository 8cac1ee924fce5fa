//! PhonePe: a hosted page or a UPI link, through its OAuth API (v2) or, for merchants who still hold salt keys, its older
//! one (v1); refunds, told by webhooks that prove little, and a settlement file.
//!
//! Here is what both share; the verbs of each API stand in `v2.rs` and `v1.rs`, what we are told in `told.rs`, the
//! settlement file in `settled.rs`. Its JSON is in `wire.rs`, what it means in `meaning.rs` and `times.rs`, how it is
//! proved in `sign.rs`. Where it is peculiar, `NOTES.md` says so with a source.

mod card;
mod client;
mod meaning;
mod settled;
mod sign;
pub mod sim;
#[cfg(test)]
mod tests;
mod times;
mod told;
mod v1;
mod v2;
mod wire;

use crate::contract::{
    Call, CaptureBy, Card, Flow, Open, Opened, Opening, Parts, Provider, Refund, RefundAsk, Report, Subject,
    TestConnection, TestResult, Watch,
};
use crate::reading::doubt::{refused, still_there, tested};
use crate::wire::{CallError, Reason};
use async_trait::async_trait;
use client::Api;
use hundi_core::Currency;

/// The provider PhonePe. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct PhonePe;

impl Provider for PhonePe {
    fn card(&self) -> &'static Card {
        &card::CARD
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            open: self,
            watch: self,
            finish: None,
            capture: None,
            void: None,
            refund: Some(self),
            notices: Some(self),
            returns: Some(self),
            sweep: None,
            settlements: Some(self),
            saved: None,
            choices: None,
            balances: None,
            test: self,
        }
    }
}

// ---- opening

#[async_trait]
impl Open for PhonePe {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Result<Opened, CallError> {
        offered(call, opening)?;
        match client::api(call.account)? {
            Api::V2(client) => v2::open(call, &client, opening).await,
            Api::V1(merchant) => v1::open(call, &merchant, opening).await,
        }
    }

    async fn find(&self, call: Call<'_>, opening: &Opening) -> Result<Option<Opened>, CallError> {
        match client::api(call.account)? {
            Api::V2(client) => v2::find(call, &client, opening).await,
            Api::V1(merchant) => v1::find(call, &merchant, opening).await,
        }
    }
}

/// What PhonePe has nothing for is refused before any call.
fn offered(call: Call<'_>, opening: &Opening) -> Result<(), CallError> {
    match (opening.flow, opening.capture) {
        (_, CaptureBy::Us) => Err(refused("PhonePe takes the money at once and can't hold it")),
        (Flow::Script, _) => Err(refused("PhonePe has no page of this kind")),
        (Flow::UpiIntent, _) if !call.account.can("upi_intent") => {
            Err(refused("UPI links are not enabled for this account"))
        }
        _ if opening.amount.currency() != Currency::INR => Err(refused("PhonePe takes rupees alone")),
        _ => Ok(()),
    }
}

// ---- asking

#[async_trait]
impl Watch for PhonePe {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        match client::api(call.account)? {
            Api::V2(client) => v2::fetch(call, &client, subject).await,
            Api::V1(merchant) => v1::fetch(call, &merchant, subject).await,
        }
    }
}

// ---- giving back

#[async_trait]
impl Refund for PhonePe {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        match client::api(call.account)? {
            Api::V2(client) => v2::refund(call, &client, ask).await,
            Api::V1(merchant) => v1::refund(call, &merchant, ask).await,
        }
    }

    /// A refund is named by the reference that its maker gave it: ours, or that of somebody at the dashboard.
    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        let name = provider_refund.unwrap_or(ask.our_ref.as_str());
        let found = match client::api(call.account)? {
            Api::V2(client) => v2::fetch_refund(call, &client, ask, name).await?,
            Api::V1(merchant) => v1::fetch_refund(call, &merchant, ask, name).await?,
        };
        still_there(found, provider_refund)
    }
}

// ---- testing a connection

const MISPLACED: [&str; 2] = [client::SALT_ON_V2, client::CLIENT_ON_V1];

#[async_trait]
impl TestConnection for PhonePe {
    async fn test(&self, call: Call<'_>) -> TestResult {
        let asked = match client::api(call.account) {
            Ok(Api::V2(client)) => v2::test(call, &client).await,
            Ok(Api::V1(merchant)) => v1::test(call, &merchant).await,
            Err(missing) => Err(missing),
        };
        // Right keys at the wrong API: "wrong key" would send their owner to copy them once more.
        let misplaced = |reason: &Reason| MISPLACED.iter().any(|what| reason.detail.ends_with(what));
        match asked {
            Err(error) if misplaced(error.reason()) => TestResult::Unreachable(error.reason().clone()),
            asked => tested(asked),
        }
    }
}
