//! The payer comes back. What the browser brings is checked, and is never more than a cause to ask the provider.

use crate::error::Error;
use crate::limits::{self, Rule};
use crate::observe::By;
use crate::payments::{look, subject_of};
use crate::{App, connections, fail_point, planted};
use hundi_core::payment::{Fact, Happened, Try, TryDetail};
use hundi_core::{AuditId, FailureReason, PaymentId};
use hundi_providers::Said;
use hundi_store::audit::{self, Record};
use hundi_store::payments::{self, Payment};
use std::sync::Arc;

/// Where the payer stands after coming back.
#[derive(Clone, Debug)]
pub struct CameBack {
    pub payment: Payment,
    /// What the browser said, for the page's wording only: money is decided by the provider's answer.
    pub said_failure: Option<FailureReason>,
}

/// A return visit. `fields` are the decoded form or query fields; `ip` is for the security record.
pub async fn come_back(
    app: &Arc<App>,
    token: &str,
    payment: &str,
    fields: &[(String, String)],
    ip: &str,
) -> Result<CameBack, Error> {
    let unknown = Error::NotFound { what: "checkout page" };
    let order = app.order_of_token(token)?;
    let id: PaymentId = payment.parse().map_err(|_| unknown.clone())?;
    let found = app.store.read(async move |tx| payments::load_by_id(tx, id).await).await?;
    let payment = found.filter(|p| p.order_id == order).ok_or(unknown)?;
    // Each visit makes us ask, and who knows the address can visit all day. What is true is heard of anyway.
    if !limits::may(app, Rule::Returns, &payment.id.to_string()).await && !planted!("returns_unpaced") {
        return Ok(CameBack { payment, said_failure: None });
    }
    let said = read(app, &payment, fields, ip).await?;
    fail_point!("return.before_look");
    let payment = match said {
        // The browser's word taken for the deed: what no honest build does.
        Said::Success if planted!("trust_the_browser") => believe(app, &payment).await?,
        Said::Success | Said::Failure(_) | Said::Nothing => look(app, id, By::Return).await?,
    };
    fail_point!("return.after_look");
    let said_failure = match said {
        Said::Failure(reason) => Some(reason),
        Said::Success | Said::Nothing => None,
    };
    Ok(CameBack { payment, said_failure })
}

async fn read(
    app: &Arc<App>,
    payment: &Payment,
    fields: &[(String, String)],
    ip: &str,
) -> Result<Said, Error> {
    let opened = connections::open(app, payment.connection_id).await?;
    let (Some(part), Some(_)) = (opened.provider.returns(), &payment.provider_order) else {
        return Ok(Said::Nothing);
    };
    let subject = subject_of(payment)?;
    match part.read(&opened.account, &subject, fields) {
        Ok(said) => Ok(said.said),
        Err(forged) => {
            let kept = limits::may(app, Rule::ForgedReturns, &payment.id.to_string()).await;
            if kept && !planted!("forged_return_unrecorded") {
                security_event(app, payment, forged.as_str(), ip).await?;
            }
            Ok(Said::Nothing)
        }
    }
}

/// A return with a wrong signature: somebody tried.
async fn security_event(
    app: &Arc<App>,
    payment: &Payment,
    verdict: &'static str,
    ip: &str,
) -> Result<(), Error> {
    tracing::warn!(payment = %payment.id, verdict, "a return with a bad signature");
    let record = Record {
        id: app.id(AuditId::new),
        chain: payment.scope.merchant().to_string(),
        mode: payment.scope.mode(),
        actor: "payer".into(),
        action: "return.forged".into(),
        target_type: "payment".into(),
        target_id: payment.id.to_string(),
        detail: serde_json::json!({ "verdict": verdict }).to_string(),
        ip: ip.to_owned(),
        at: app.now(),
    };
    Ok(app.store.write(async move |tx| audit::insert(tx, &record).await).await?)
}

async fn believe(app: &Arc<App>, payment: &Payment) -> Result<Payment, Error> {
    let what = Try::Captured { amount: payment.state.asked };
    let happened =
        Happened::Tried { provider_payment: "pay_believed".into(), what, detail: TryDetail::default() };
    let (house, id, fact) = (app.clone(), payment.id, Fact { at: app.now(), happened });
    app.store
        .write(async move |tx| {
            let news = crate::observe::News::of(vec![fact.clone()]);
            let cause = crate::observe::Cause::of(By::Return);
            crate::observe::payment(&house, tx, id, news, &cause).await.map(|(p, _)| p)
        })
        .await
}
