//! A real call to the provider with given credentials, before they are saved and whenever somebody asks.

use super::{Draft, open_row, provider_of};
use crate::answer::{self, Reply};
use crate::error::Error;
use crate::net::BLOCKED;
use crate::wired::Wired;
use crate::{App, public};
use hundi_core::{ConnectionId, Millis, Scope};
use hundi_providers::{Account, Call, TestResult};
use hundi_store::connections as rows;
use hundi_store::idempotency::Key;

/// What a test found, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// `works`, `wrong_key`, `wrong_mode`, `missing_permission`, `unreachable`.
    pub result: &'static str,
    pub sentence: String,
    pub at: Millis,
}

impl Tested {
    pub fn works(&self) -> bool {
        self.result == "works"
    }
}

/// Tests credentials that are not saved yet.
pub async fn test(app: &App, scope: Scope, draft: &Draft) -> Result<Tested, Error> {
    let provider = provider_of(&draft.provider)?;
    let account = Account {
        mode: scope.mode(),
        base_url: super::base_url(app, provider.card(), scope.mode()),
        simulated: super::simulated(app, provider.card(), scope.mode()).is_some(),
        credentials: draft.credentials.clone(),
        enabled: draft.features.clone(),
    };
    let nothing_yet = app.id(ConnectionId::new);
    let wire = Wired::new(app, nothing_yet, nothing_yet);
    let found = provider.test().test(Call { account: &account, wire: &wire }).await;
    app.memory.forget_all(nothing_yet);
    Ok(told(found, &account.base_url, app.now()))
}

/// Tests a saved connection and keeps what was found.
pub async fn test_saved(app: &App, scope: Scope, id: ConnectionId) -> Result<Tested, Error> {
    let row = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    let opened = open_row(app, row.ok_or(Error::NotFound { what: "connection" })?).await?;
    // A token from before would only prove that the credentials were right once.
    app.memory.forget_all(id);
    let wire = Wired::new(app, id, id);
    let found = opened.provider.test().test(opened.call(&wire)).await;
    let tested = told(found, &opened.account.base_url, app.now());
    let kept = tested.clone();
    app.store
        .write(async move |tx| {
            let row = rows::load(tx, scope, id).await?;
            let mut row = row.ok_or(Error::NotFound { what: "connection" })?;
            row.tested_at = Some(kept.at);
            row.test_result = Some(kept.result.to_owned());
            rows::save(tx, &row).await.map_err(Error::from)
        })
        .await?;
    Ok(tested)
}

/// The same by API: the connection with what was found.
pub async fn test_by_api(
    app: &App,
    scope: Scope,
    id: ConnectionId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let tested = async {
        test_saved(app, scope, id).await?;
        Ok(Reply::new(200, &public::connection(&super::get(app, scope, id).await?)))
    };
    answer::once(app, key.as_ref(), &id.to_string(), tested).await
}

fn told(found: TestResult, base_url: &str, at: Millis) -> Tested {
    let (result, sentence) = match found {
        TestResult::Works => ("works", "The provider accepts these credentials.".to_owned()),
        TestResult::WrongKey => {
            ("wrong_key", "The provider does not accept this key and secret. Copy both again.".to_owned())
        }
        TestResult::WrongMode => {
            ("wrong_mode", "This is a test key in live mode, or a live key in test mode.".to_owned())
        }
        TestResult::MissingPermission => (
            "missing_permission",
            "The key works, but may not do this. Ask the provider to enable it.".to_owned(),
        ),
        // Named, since it is our own operator's to mend, and no provider's.
        TestResult::Unreachable(reason) if reason.detail == BLOCKED => (
            "unreachable",
            format!(
                "{base_url} was not asked: this server's configuration refuses addresses that are not public. Name it \
                 under allow (HUNDI_ALLOW), as host:port."
            ),
        ),
        TestResult::Unreachable(reason) => (
            "unreachable",
            format!(
                "The provider could not be asked ({}). Nothing was changed; try again.",
                reason.kind.as_str()
            ),
        ),
    };
    Tested { result, sentence, at }
}
