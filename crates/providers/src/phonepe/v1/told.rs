//! What v1 tells: callbacks under a checksum, and what the payer's browser brings back under another (both grade B, and C
//! where it brings none).

use super::{Merchant, V1, meaning, wire};
use crate::contract::{
    Account, Call, Fields, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::phonepe::client::is_id;
use crate::phonepe::meaning::UNNAMED;
use crate::reading::told::{self, needed, once, same};
use async_trait::async_trait;
use data_encoding::BASE64;
use hundi_core::{FailureReason, Secret};

#[async_trait]
impl Notices for V1 {
    /// The salt key proves it: there is no other secret, and `secrets` is not asked.
    async fn verify(
        &self,
        call: Call<'_>,
        _secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        let merchant = Merchant::of(call.account).map_err(|_| Forged::NoSecret)?;
        // The proof is of a text within the body: where there is none, nothing is proven.
        let callback: wire::Callback =
            serde_json::from_slice(message.body()).map_err(|_| Forged::WrongSignature)?;
        merchant.salt.check_callback(&callback.response, message.header("x-verify"))?;
        notice(&merchant, &callback)
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        let merchant = Merchant::of(account).map_err(|_| Forged::Unreadable)?;
        notice(&merchant, &told::message(message.body())?)
    }
}

fn notice(merchant: &Merchant, callback: &wire::Callback) -> Result<Notice, Forged> {
    let bytes = BASE64.decode(callback.response.as_bytes()).map_err(|_| Forged::Unreadable)?;
    let said: wire::Said<wire::Transaction> = told::message(&bytes)?;
    let reports = reports(merchant, &said)?;
    Ok(Notice { kind: said.code, event_id: None, grade: Grade::B, reports })
}

fn reports(merchant: &Merchant, said: &wire::Said<wire::Transaction>) -> Result<Vec<Report>, Forged> {
    let Some(transaction) = &said.data else { return Ok(vec![]) };
    let Some(outcome) = meaning::outcome(said, transaction.state.as_deref())? else { return Ok(vec![]) };
    // A salt key is one merchant's, so this is no other's; but what contradicts itself is for a person.
    if transaction.merchant_id.as_deref() != Some(&merchant.id) {
        return Err(Forged::Unreadable);
    }
    let is_refund = transaction.transaction_id.as_ref().is_some_and(|id| id.starts_with("TR"));
    Ok(match is_refund {
        true => vec![meaning::refund(transaction, outcome, UNNAMED)?],
        false => meaning::payment(transaction, outcome, &said.code)?,
    })
}

// ---- the payer comes back

impl Returns for V1 {
    fn read(&self, account: &Account, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged> {
        let merchant = Merchant::of(account).map_err(|_| Forged::NoSecret)?;
        let claims = fields.iter().any(|(name, _)| name == "code" || name == "checksum");
        if claims { claimed(&merchant, subject, fields) } else { Ok(told::is_back()) }
    }
}

/// The checksum does not part one value from the next, so it is worth something only for our own order and merchant.
fn claimed(merchant: &Merchant, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged> {
    let values = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    merchant.salt.check_redirect(values, once(fields, "checksum")?)?;
    same(needed(fields, "merchantId")?, &merchant.id)?;
    same(needed(fields, "transactionId")?, subject.our_ref.as_str())?;
    let provider_payment = once(fields, "providerReferenceId")?.filter(|id| is_id(id)).map(str::to_owned);
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
