//! Notices: JSON whose body is signed, forms whose values are, and what either reports.

use super::*;
use crate::contract::{Forged, Grade, Kept, Notice, Notices, Unverified, Watch};
use hundi_core::FailureReason;
use hundi_core::refund::Happened;
use serde_json::json;
use url::form_urlencoded;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn told(content_type: &str, body: &str) -> Result<Notice, Forged> {
    told_to(&account(), content_type, body)
}

fn told_to(account: &Account, content_type: &str, body: &str) -> Result<Notice, Forged> {
    let headers = [("content-type".to_owned(), content_type.to_owned())];
    let wire = Script::new(vec![]);
    let said = run(Paytm.verify(call(account, &wire), &[], Unverified::new(&headers, body.as_bytes())));
    if said.is_ok() {
        // Read once more from the same bytes it says the same.
        assert_eq!(Paytm.read_again(account, Kept::of_verified(&headers, body.as_bytes())), said);
    }
    said
}

fn payment_json(changes: &[(&str, Value)]) -> String {
    let body = json!({
        "mid": MID, "orderId": OUR_REF, "txnId": TXN, "txnAmount": "499.00", "currency": "INR",
        "status": "TXN_SUCCESS", "respCode": "01", "respMsg": "Txn Success", "txnType": "SALE",
        "paymentMode": "UPI", "bankTxnId": "600100000001", "bankName": "HDFC Bank",
        "txnDate": "2026-01-01 12:00:05.0",
    });
    with(&body.to_string(), changes)
}

fn form_fields(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = [
        ("MID", MID),
        ("ORDERID", OUR_REF),
        ("TXNID", TXN),
        ("TXNAMOUNT", "499.00"),
        ("PAYMENTMODE", "UPI"),
        ("CURRENCY", "INR"),
        ("TXNDATE", "2026-01-01 12:00:05.0"),
        ("STATUS", "TXN_SUCCESS"),
        ("RESPCODE", "01"),
        ("RESPMSG", "Txn Success"),
        ("GATEWAYNAME", "HDFC"),
        ("BANKTXNID", "600100000001"),
        ("BANKNAME", "HDFC Bank"),
    ];
    let mut fields: BTreeMap<&str, &str> = BTreeMap::from(usual);
    fields.extend(changes.iter().copied());
    fields.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

fn signed_form(changes: &[(&str, &str)]) -> String {
    let fields = form_fields(changes);
    let text = sign::form_text(&fields, false);
    let checksum = sign::checksum(text.as_bytes(), &Secret::new(KEY), "Qw3+").unwrap();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&fields).append_pair("CHECKSUMHASH", &checksum);
    form.finish()
}

#[test]
fn a_notice_and_a_poll_are_the_same_fact() {
    let wire = Script::new(vec![answered(STATUS)]);
    let polled = run(Watch::fetch(&Paytm, call(&account(), &wire), &subject())).unwrap();
    let json = told(JSON, &enveloped(&payment_json(&[]))).unwrap();
    let form = told(FORM, &signed_form(&[])).unwrap();
    assert_eq!((json.grade, json.kind.as_str()), (Grade::A, "TXN_SUCCESS"));
    assert_eq!((form.grade, form.kind.as_str()), (Grade::B, "TXN_SUCCESS"));
    assert_eq!(json.reports, polled);
    assert_eq!(form.reports, polled);
}

#[test]
fn either_style_is_told_by_its_content_type_and_else_by_its_first_letter() {
    for kind in ["application/json; charset=utf-8", "text/json", "", "text/plain"] {
        assert_eq!(told(kind, &enveloped(&payment_json(&[]))).unwrap().grade, Grade::A, "{kind}");
    }
    for kind in ["APPLICATION/X-WWW-FORM-URLENCODED;charset=UTF-8", "", "text/plain"] {
        assert_eq!(told(kind, &signed_form(&[])).unwrap().grade, Grade::B, "{kind}");
    }
    assert_eq!(told(JSON, &signed_form(&[])), Err(Forged::NoSignature));
    assert_eq!(told(FORM, &enveloped(&payment_json(&[]))), Err(Forged::NoSignature));
}

#[test]
fn words_in_notices() {
    let of = |status: &str, code: &str| {
        let json =
            told(JSON, &enveloped(&payment_json(&[("status", json!(status)), ("respCode", json!(code))])));
        let form = told(FORM, &signed_form(&[("STATUS", status), ("RESPCODE", code)]));
        let [json, form] = [json, form].map(|said| said.map(|notice| tries(&notice.reports)));
        assert_eq!(json, form);
        json.map(|tries| tries.into_iter().next().map(|(_, _, what)| what))
    };
    assert_eq!(of("TXN_FAILURE", "227"), Ok(Some(Try::Failed { reason: FailureReason::DeclinedByBank })));
    assert_eq!(of("PENDING", "402"), Ok(Some(Try::Started)));
    assert_eq!(of("NO_RECORD_FOUND", "331"), Ok(None));
    for (status, code) in
        [("TXN_SUCCESS", "400"), ("DISPUTE_RAISED", "01"), ("SUCCESS", "01"), ("TXN_FAILURE", "330")]
    {
        assert_eq!(of(status, code), Err(Forged::Unreadable), "{status} {code}");
    }
}

#[test]
fn a_form_is_signed_with_fields_that_nobody_documented() {
    let extra = [("CHARGEAMOUNT", "0.00"), ("zzz", "दुकान & co"), ("BANKTXNID", ""), ("BANKNAME", "null")];
    assert_eq!(told(FORM, &signed_form(&extra)).unwrap().reports.len(), 1);
    // The same values under other names have the same checksum: the reason why a form only makes us ask.
    let renamed = signed_form(&[]).replacen("GATEWAYNAME", "GATEWAYNAMF", 1);
    assert!(told(FORM, &renamed).is_ok());
    // Python's way with the word null.
    let fields = form_fields(&[("BANKNAME", "null")]);
    let checksum =
        sign::checksum(sign::form_text(&fields, true).as_bytes(), &Secret::new(KEY), "hhhh").unwrap();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&fields).append_pair("CHECKSUMHASH", &checksum);
    assert!(told(FORM, &form.finish()).is_ok());
}

#[test]
fn forgeries() {
    let form = signed_form(&[]);
    let wrong = [
        form.replacen("499.00", "1.00", 1),
        form.replacen("TXNID=2", "TXNID=3", 1),
        format!("{form}&EXTRA=x"),
        format!("{form}&STATUS=TXN_SUCCESS"),
        format!("{form}&CHECKSUMHASH=x"),
        form.replacen("%2B", "+", 1),
    ];
    for body in wrong.iter().filter(|body| **body != form) {
        assert_eq!(told(FORM, body), Err(Forged::WrongSignature), "{body}");
    }
    let bare = form.split('&').filter(|part| !part.starts_with("CHECKSUMHASH")).collect::<Vec<_>>().join("&");
    assert_eq!(told(FORM, &bare), Err(Forged::NoSignature));
    assert_eq!(told(FORM, &format!("{bare}&CHECKSUMHASH=")), Err(Forged::NoSignature));
    assert_eq!(told(FORM, ""), Err(Forged::NoSignature));
    let many: String = (0..500).map(|n| format!("a{n}=1&")).collect();
    assert_eq!(told(FORM, &many), Err(Forged::WrongSignature));

    let json = enveloped(&payment_json(&[]));
    for body in [json.replacen("499.00", "1.00", 1), json.replacen(r#""mid""#, r#" "mid""#, 1)] {
        assert_eq!(told(JSON, &body), Err(Forged::WrongSignature), "{body}");
    }
    let body = payment_json(&[]);
    for unsigned in [
        format!(r#"{{"body":{body}}}"#),
        format!(r#"{{"head":{{}},"body":{body}}}"#),
        body.clone(),
        "{}".to_owned(),
        String::new(),
    ] {
        assert_eq!(told(JSON, &unsigned), Err(Forged::NoSignature), "{unsigned}");
    }
    // Two bodies: which of them was signed is not for two readers to disagree on.
    let two = json.replacen(
        r#""body":"#,
        &format!(r#""body":{},"body":"#, payment_json(&[("txnAmount", json!("9.00"))])),
        1,
    );
    assert_eq!(told(JSON, &two), Err(Forged::NoSignature));

    let other = with_credential("merchant_key", "AnotherKey%16abc");
    assert_eq!(told_to(&other, JSON, &json), Err(Forged::WrongSignature));
    assert_eq!(told_to(&other, FORM, &form), Err(Forged::WrongSignature));
    let none = with_credential("merchant_key", "");
    assert_eq!(told_to(&none, JSON, &json), Err(Forged::NoSecret));
    assert_eq!(told_to(&none, FORM, &form), Err(Forged::NoSecret));
}

#[test]
fn what_is_signed_and_odd_is_kept_for_a_person() {
    let unreadable =
        |body: String| assert_eq!(told(JSON, &enveloped(&body)), Err(Forged::Unreadable), "{body}");
    unreadable(payment_json(&[("mid", json!("SOMEBODYELSE"))]));
    unreadable(payment_json(&[("txnAmount", json!(499.0))]));
    unreadable(payment_json(&[("txnAmount", json!("0.00"))]));
    unreadable(payment_json(&[("txnId", Value::Null)]));
    unreadable(payment_json(&[]).replacen(r#""txnAmount""#, r#""txnAmount":"1.00","txnAmount""#, 1));
    unreadable("[]".to_owned());
    let other = signed_form(&[("MID", "SOMEBODYELSE")]);
    assert_eq!(told(FORM, &other), Err(Forged::Unreadable));
    // Of what we do not know nothing is reported.
    for body in [r#"{"subsId":"1"}"#, "{}"] {
        assert_eq!(told(JSON, &enveloped(body)).unwrap().reports, []);
    }
    let text = sign::checksum(b"1", &Secret::new(KEY), "Qw3+").unwrap().replace('+', "%2B");
    assert_eq!(told(FORM, &format!("SUBS_ID=1&CHECKSUMHASH={text}")).unwrap().reports, []);
}

// ---- refunds

fn refund_json(changes: &[(&str, Value)]) -> String {
    let mut body: Value = serde_json::from_str(REFUND_STATUS).unwrap();
    let fields = body.as_object_mut().unwrap();
    fields.retain(|name, _| {
        !["resultInfo", "userCreditInitiateStatus", "acceptRefundStatus"].contains(&name.as_str())
    });
    with(&body.to_string(), changes)
}

fn refund_said(changes: &[(&str, Value)]) -> Result<(String, Vec<Happened>), Forged> {
    let notice = told(JSON, &enveloped(&refund_json(changes)))?;
    assert_eq!(notice.grade, Grade::A);
    let happened = notice.reports.iter().map(|report| match report {
        Report::Refund { fact, .. } => fact.happened,
        Report::Payment { .. } => panic!("a refund"),
    });
    let happened = happened.collect();
    Ok((notice.kind, happened))
}

#[test]
fn a_refund_went_back_when_its_time_says_so() {
    let said = |kind: &str, happened| Ok((kind.to_owned(), vec![happened]));
    let not_yet = ("userCreditInitiateTimestamp", json!(""));
    assert_eq!(refund_said(&[]), said("REFUND_SUCCESS", Happened::Processed));
    assert_eq!(refund_said(&[("status", json!("TXN_SUCCESS"))]), said("REFUND_SUCCESS", Happened::Processed));
    // Paytm's word for having taken it on is SUCCESS too.
    for status in ["SUCCESS", "TXN_SUCCESS", "PENDING", "ACCEPTED", ""] {
        assert_eq!(
            refund_said(&[("status", json!(status)), not_yet.clone()]),
            said("REFUND_ACCEPTED", Happened::Accepted),
            "{status}"
        );
    }
    for status in ["FAILED", "TXN_FAILURE", "FAILURE"] {
        assert_eq!(
            refund_said(&[("status", json!(status)), not_yet.clone()]),
            said("REFUND_FAILURE", Happened::Failed)
        );
        // Failed and gone back contradict each other.
        assert_eq!(refund_said(&[("status", json!(status))]), Err(Forged::Unreadable));
    }
    assert_eq!(refund_said(&[("status", json!("SLEEPING"))]), Err(Forged::Unreadable));
    assert_eq!(refund_said(&[("refundId", json!(""))]), Err(Forged::Unreadable));
    assert_eq!(refund_said(&[("mid", json!("SOMEBODYELSE"))]), Err(Forged::Unreadable));
    // Without its own amount there is nothing to match: the sum of an order's refunds is not it.
    assert_eq!(refund_said(&[("refundAmount", Value::Null)]), Ok(("REFUND_SUCCESS".to_owned(), vec![])));
}

#[test]
fn a_refund_s_notice_and_its_poll_are_the_same_fact() {
    use crate::contract::Refund;
    let wire = Script::new(vec![answered(REFUND_STATUS)]);
    let polled = run(Refund::fetch(&Paytm, call(&account(), &wire), &refund_ask(), None)).unwrap().unwrap();
    assert_eq!(told(JSON, &enveloped(&refund_json(&[]))).unwrap().reports, [polled]);
}
