//! Bodies that are not what they should be: shape, encoding, type, size.

use super::super::body::parse;
use super::super::endpoints;
use super::super::orders::Asked;
use super::house::House;
use axum::body::Body;

/// `param` is the field that is refused; none where the body as a whole is.
#[track_caller]
fn check(body: &[u8], param: Option<&str>) {
    let error = parse::<Asked>(body).expect_err("refused");
    let code = if param.is_some() { "invalid_field" } else { "unreadable_request" };
    let shown = String::from_utf8_lossy(body);
    assert_eq!((error.status(), error.code(), error.param()), (400, code, param), "{shown}: {error:?}");
}

#[test]
fn one_object_with_known_fields_once() {
    let fields = |more: &str| format!("{{\"amount\":100,\"currency\":\"INR\"{more}}}");
    assert!(parse::<Asked>(fields("").as_bytes()).is_ok());
    assert!(parse::<Asked>(format!(" \r\n\t{} \n", fields("")).as_bytes()).is_ok());

    check(b"", Some("amount"));
    check(b"{}", Some("amount"));
    check(br#"{"amount":100}"#, Some("currency"));
    check(br#"[100,"INR"]"#, None);
    for text in [
        "null",
        "true",
        "1",
        "\"x\"",
        "[]",
        "[{}]",
        "{",
        "}",
        "{]",
        "x",
        "{\"amount\"}",
        "{amount:1}",
        "{'a':1}",
    ] {
        check(text.as_bytes(), None);
    }
    check(fields(",").as_bytes(), None);
    check(fields(" } {").as_bytes(), None);
    check(format!("{}{}", fields(""), fields("")).as_bytes(), None);
    check(format!("{}\0", fields("")).as_bytes(), None);
    check(format!("// all\n{}", fields("")).as_bytes(), None);
    check(fields(",\"amount\":1").as_bytes(), Some("amount"));
    check(fields(",\"\\u0061mount\":1").as_bytes(), Some("amount"));
    check(fields(",\"customer\":{\"name\":\"a\",\"name\":\"b\"}").as_bytes(), Some("customer.name"));
    for name in
        ["status", "merchant_id", "mode", "livemode", "id", "amount_paid", "created_by", "Amount", "captured"]
    {
        check(fields(&format!(",\"{name}\":1")).as_bytes(), Some(name));
    }
    check(fields(",\"customer\":{\"vip\":true}").as_bytes(), Some("customer.vip"));
    check(fields(",\"customer\":[\"Asha\"]").as_bytes(), Some("customer"));
    check(fields(",\"customer\":\"Asha\"").as_bytes(), Some("customer"));
    check(fields(",\"receipt\":1").as_bytes(), Some("receipt"));
    check(fields(",\"receipt\":[\"a\"]").as_bytes(), Some("receipt"));
    // Names that are not plain are not repeated.
    check(fields(",\"<script>\":1").as_bytes(), None);
    check(fields(&format!(",\"{}\":1", "x".repeat(41))).as_bytes(), None);
    check(fields(",\"\":1").as_bytes(), None);
}

#[test]
fn utf_8_and_nothing_else() {
    check(b"\xef\xbb\xbf{\"amount\":100,\"currency\":\"INR\"}", None);
    check(b"{\"amount\":100,\"currency\":\"INR\",\"receipt\":\"\xff\"}", None);
    check(b"{\"amount\":100,\"currency\":\"INR\",\"receipt\":\"\xc0\xaf\"}", None);
    check(b"{\"amount\":100,\"currency\":\"INR\",\"receipt\":\"\xed\xa0\x80\"}", None);
    check(br#"{"amount":100,"currency":"INR","receipt":"\ud800"}"#, None);
    check(b"{\"amount\":100,\"currency\":\"INR\",\"receipt\":\"a\nb\"}", None);
    let utf_16: Vec<u8> =
        "{\"amount\":100,\"currency\":\"INR\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf_16, None);
}

#[test]
fn depth_is_nothing() {
    let deep = "[".repeat(60_000);
    check(deep.as_bytes(), None);
    check("{\"a\":".repeat(12_000).as_bytes(), Some("a"));
    check(format!("{{\"amount\":{deep}").as_bytes(), Some("amount"));
    check(format!("{{\"metadata\":{{\"k\":{deep}").as_bytes(), Some("metadata.k"));
}

/// The parser's words quote values; ours never do, whatever the value looks like.
#[test]
fn values_are_not_repeated() {
    for value in [
        "\"secret, expected a string at line 1\"",
        "\"missing field `amount`\"",
        "{\"secret\":1}",
        "123.4567",
    ] {
        let body = format!("{{\"currency\":\"INR\",\"amount\":{value}}}");
        let error = parse::<Asked>(body.as_bytes()).unwrap_err();
        assert_eq!(error.sentence(), "Send a whole number of minor units (129900 for ₹1,299.00).");
        let body = format!(
            "{{\"currency\":\"INR\",\"amount\":1,\"customer\":{}}}",
            value.replace('{', "[{").replace('}', "}]")
        );
        let error = parse::<Asked>(body.as_bytes()).unwrap_err();
        assert_eq!((error.param(), error.sentence().as_str()), (Some("customer"), "Send an object."));
    }
}

/// Seconds and rates are not told of rupees.
#[test]
fn numbers_that_are_no_amounts() {
    for (field, param) in [("\"rate_per_sec\":1.5", "rate_per_sec"), ("\"retries\":[5,60.0]", "retries[1]")] {
        let body = format!("{{\"url\":\"https://shop.example/\",{field}}}");
        let error = parse::<endpoints::Asked>(body.as_bytes()).unwrap_err();
        assert_eq!((error.param(), error.sentence().as_str()), (Some(param), "Send a whole number."));
    }
}

#[tokio::test]
async fn the_type_is_json_and_the_size_is_bounded() {
    let house = House::new().await;
    let body = r#"{"amount":100,"currency":"INR"}"#;
    for (content_type, status) in [
        (Some("application/json"), 201),
        (Some("Application/JSON; charset=UTF-8"), 201),
        (Some("application/json;charset=\"utf-8\""), 201),
        (None, 415),
        (Some(""), 415),
        (Some("text/plain"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some("multipart/form-data; boundary=x"), 415),
        (Some("application/json; charset=utf-16"), 415),
        (Some("application/json; charset=latin1"), 415),
        (Some("application/json; boundary=x"), 415),
        (Some("application/json;"), 415),
        (Some("application/json, text/plain"), 415),
        (Some("application/jsonp"), 415),
        (Some("application/problem+json"), 415),
    ] {
        let mut request = house.asks("POST", "/orders");
        if let Some(text) = content_type {
            request = request.header("content-type", text);
        }
        let answer = house.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{content_type:?}");
        if status == 415 {
            House::is_problem(&answer, 415, "unsupported_media_type", None);
        }
    }
    let packed = house.asks("POST", "/orders").header("content-type", "application/json");
    let packed = packed.header("content-encoding", "gzip").body(Body::from(body)).unwrap();
    House::is_problem(&house.send(packed).await, 415, "unsupported_media_type", None);

    let padded = |bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
    assert_eq!(house.post("/orders", &padded(64 << 10)).await.status.as_u16(), 201);
    House::is_problem(&house.post("/orders", &padded((64 << 10) + 1)).await, 413, "body_too_large", None);
    assert_eq!(house.orders_count().await, 4);
}
