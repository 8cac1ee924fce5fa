//! What we are told: v2's webhooks behind a constant word, v1's callbacks under a checksum (both grade B), and what the
//! payer's browser brings back (v1 grade B with its checksum; v2 brings nothing, grade C).

use super::client::{self, Api, Merchant};
use super::{PhonePe, meaning, sign, v2, wire};
use crate::contract::{
    Account, Call, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::reading::told::{self, needed, once, same};
use async_trait::async_trait;
use data_encoding::BASE64;
use hundi_core::{FailureReason, OurRef, Secret};

#[async_trait]
impl Notices for PhonePe {
    async fn verify(
        &self,
        call: Call<'_>,
        secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        match client::api(call.account).map_err(|_| Forged::NoSecret)? {
            Api::V2(_) => {
                sign::check_webhook(sign::USERNAME, secrets, message.header("authorization"))?;
                let said = Told::read(message.body())?;
                if let Some((order, refund)) = &said.refund {
                    v2::hear_of(call, order, refund);
                }
                Ok(said.notice())
            }
            Api::V1(merchant) => {
                // The proof is of a text within the body: where there is none, nothing is proven.
                let callback: wire::V1Callback =
                    serde_json::from_slice(message.body()).map_err(|_| Forged::WrongSignature)?;
                merchant.salt.check_callback(&callback.response, message.header("x-verify"))?;
                v1_notice(&merchant, &callback)
            }
        }
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        match client::api(account).map_err(|_| Forged::Unreadable)? {
            Api::V2(_) => Told::read(message.body()).map(Told::notice),
            Api::V1(merchant) => {
                let callback = told::message(message.body())?;
                v1_notice(&merchant, &callback)
            }
        }
    }
}

// ---- v2

/// What a webhook says, and the refund that it names.
struct Told {
    event: String,
    reports: Vec<Report>,
    /// The ids of its order and of itself.
    refund: Option<(String, String)>,
}

impl Told {
    /// An event that we don't know has no reports, whatever it holds; one that we know and can't read is kept for a
    /// person.
    fn read(body: &[u8]) -> Result<Self, Forged> {
        let envelope: wire::Envelope<'_> = told::message(body)?;
        let (reports, refund) = match envelope.event.as_str() {
            "checkout.order.completed"
            | "checkout.order.failed"
            | "checkout.transaction.attempt.failed"
            | "pg.order.completed"
            | "pg.order.failed"
            | "pg.transaction.attempt.failed" => (of_order(&told::part(envelope.payload)?)?, None),
            "pg.refund.accepted" | "pg.refund.completed" | "pg.refund.failed" => {
                let (report, refund) = of_refund(&told::part(envelope.payload)?)?;
                (vec![report], Some(refund))
            }
            _ => (vec![], None),
        };
        Ok(Self { event: envelope.event, reports, refund })
    }

    /// It names no event: nothing tells one delivery from its repeat.
    fn notice(self) -> Notice {
        Notice { kind: self.event, event_id: None, grade: Grade::B, reports: self.reports }
    }
}

fn of_order(order: &wire::Order) -> Result<Vec<Report>, Forged> {
    let named = order.merchant_order_id.as_deref().ok_or(Forged::Unreadable)?;
    if order.payment_details.as_ref().is_none_or(Vec::is_empty) {
        meaning::standing(&order.state)?;
        return Ok(vec![meaning::exists(named, &order.order_id)]);
    }
    Ok(meaning::order(order, named)?)
}

/// It names the order and not the attempt that was paid, so the report of a refund of ours leaves the payment open, and
/// one that we did not ask for is a cause to ask about its order.
fn of_refund(refund: &wire::Refund) -> Result<(Report, (String, String)), Forged> {
    let named = refund.merchant_refund_id.clone().ok_or(Forged::Unreadable)?;
    let order = refund.original_merchant_order_id.clone().ok_or(Forged::Unreadable)?;
    let report = meaning::refund(refund, &named, UNNAMED)?;
    let ours = named.parse::<OurRef>().is_ok();
    let report = if ours { report } else { meaning::exists(&order, "") };
    Ok((report, (order, named)))
}

/// The payment of a refund, in messages that don't name it.
const UNNAMED: &str = "";

// ---- v1

fn v1_notice(merchant: &Merchant, callback: &wire::V1Callback) -> Result<Notice, Forged> {
    let bytes = BASE64.decode(callback.response.as_bytes()).map_err(|_| Forged::Unreadable)?;
    let said: wire::V1Answer<wire::V1Transaction> = told::message(&bytes)?;
    let reports = v1_reports(merchant, &said)?;
    Ok(Notice { kind: said.code, event_id: None, grade: Grade::B, reports })
}

fn v1_reports(
    merchant: &Merchant,
    said: &wire::V1Answer<wire::V1Transaction>,
) -> Result<Vec<Report>, Forged> {
    let Some(transaction) = &said.data else { return Ok(vec![]) };
    let Some(outcome) = meaning::outcome(said, transaction.state.as_deref())? else { return Ok(vec![]) };
    // A salt key is one merchant's, so this is no other's; but what contradicts itself is for a person.
    if transaction.merchant_id.as_deref() != Some(&merchant.id) {
        return Err(Forged::Unreadable);
    }
    let is_refund = transaction.transaction_id.as_ref().is_some_and(|id| id.starts_with("TR"));
    Ok(match is_refund {
        true => vec![meaning::v1_refund(transaction, outcome, UNNAMED)?],
        false => meaning::v1_payment(transaction, outcome, &said.code)?,
    })
}

// ---- the payer comes back

impl Returns for PhonePe {
    fn read(
        &self,
        account: &Account,
        subject: &Subject,
        fields: &[(String, String)],
    ) -> Result<ReturnSaid, Forged> {
        match client::api(account).map_err(|_| Forged::NoSecret)? {
            // Whatever stands in the address, PhonePe did not put it there.
            Api::V2(_) => Ok(told::is_back()),
            Api::V1(merchant) => {
                let claims = fields.iter().any(|(name, _)| name == "code" || name == "checksum");
                if claims { claimed(&merchant, subject, fields) } else { Ok(told::is_back()) }
            }
        }
    }
}

/// The checksum does not part one value from the next, so it is worth something only for our own order and merchant.
fn claimed(
    merchant: &Merchant,
    subject: &Subject,
    fields: &[(String, String)],
) -> Result<ReturnSaid, Forged> {
    let values = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    merchant.salt.check_redirect(values, once(fields, "checksum")?)?;
    same(needed(fields, "merchantId")?, &merchant.id)?;
    same(needed(fields, "transactionId")?, subject.our_ref.as_str())?;
    let provider_payment =
        once(fields, "providerReferenceId")?.filter(|id| client::is_id(id)).map(str::to_owned);
    let said = match needed(fields, "code")? {
        "PAYMENT_SUCCESS" => Said::Success,
        "PAYMENT_CANCELLED" => Said::Failure(FailureReason::UserCancelled),
        "PAYMENT_DECLINED" => Said::Failure(FailureReason::DeclinedByBank),
        "PAYMENT_ERROR" => Said::Failure(FailureReason::Unrecognised),
        // Pending, timed out, an error of PhonePe's, and whatever comes next: the status tells.
        _ => Said::Nothing,
    };
    Ok(ReturnSaid { grade: Grade::B, provider_payment, said })
}
