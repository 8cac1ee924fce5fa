//! PhonePe: a hosted page or a UPI link, through its OAuth API (v2) or, for merchants who still hold salt keys, its older
//! one (v1); refunds, told by webhooks that prove little, and a settlement file.
//!
//! The two APIs are adapters side by side, `v2` and `v1`, each with its verbs, its JSON, what that means and how it is
//! proved; the account's owner chose one. Here is the choice, and what both share: where it is and what a refusal is in
//! `client.rs`, words and times of both in `meaning.rs` and `times.rs`, the settlement file in `settled.rs`. Where it is
//! peculiar, `NOTES.md` says so with a source.

mod card;
mod client;
mod meaning;
mod settled;
pub mod sim;
#[cfg(test)]
mod tests;
mod times;
mod v1;
mod v2;

use crate::contract::{
    Account, Call, Card, Fields, Forged, Kept, Notice, Notices, Open, Opened, Opening, Parts, Provider,
    Refund, RefundAsk, Report, ReturnSaid, Returns, Subject, TestConnection, TestResult, Unverified, Watch,
};
use crate::offered::offered;
use crate::wire::Called;
use async_trait::async_trait;
use hundi_core::Secret;
use v1::V1;
use v2::V2;

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
            trace: None,
            settlements: None,
            settlement_file: Some(self),
            whose: Some(self),
            saved: None,
            choices: None,
            balances: None,
            test: self,
        }
    }
}

// ---- the choice

/// What each of the APIs does.
trait Api: Open + Watch + Refund + Notices + Returns + TestConnection {}

impl<A: Open + Watch + Refund + Notices + Returns + TestConnection> Api for A {}

/// The one that the account's owner chose. Whether its credentials are there is for that one to say.
fn api(account: &Account) -> &'static dyn Api {
    if client::is_v1(account) { &V1 } else { &V2 }
}

#[async_trait]
impl Open for PhonePe {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
        offered(self, call.account, opening)?;
        api(call.account).open(call, opening).await
    }

    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        api(call.account).find(call, opening).await
    }
}

#[async_trait]
impl Watch for PhonePe {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        Watch::fetch(api(call.account), call, subject).await
    }
}

#[async_trait]
impl Refund for PhonePe {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        api(call.account).refund(call, ask).await
    }

    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Called<Option<Report>> {
        Refund::fetch(api(call.account), call, ask, provider_refund).await
    }
}

#[async_trait]
impl Notices for PhonePe {
    async fn verify(
        &self,
        call: Call<'_>,
        secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        api(call.account).verify(call, secrets, message).await
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        api(account).read_again(account, message)
    }
}

impl Returns for PhonePe {
    fn read(&self, account: &Account, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged> {
        api(account).read(account, subject, fields)
    }
}

#[async_trait]
impl TestConnection for PhonePe {
    async fn test(&self, call: Call<'_>) -> TestResult {
        api(call.account).test(call).await
    }
}
