//! Every checksum case: made where both official libraries make it, and given the verdict that they give.

use super::*;
use crate::contract::Forged;

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["cases"].as_array().unwrap().clone()
}

fn text<'a>(case: &'a Value, field: &str) -> Option<&'a str> {
    case[field].as_str()
}

/// What a case signs: exact bytes, or a form's fields.
fn verdict(case: &Value, checksum: &str) -> Result<(), Forged> {
    let key = Secret::new(text(case, "key").unwrap());
    match &case["input"] {
        Value::String(body) => sign::check(body.as_bytes(), &key, Some(checksum)),
        form => sign::check_form(&fields(form), &key, Some(checksum)),
    }
}

fn fields(form: &Value) -> Vec<(String, String)> {
    let pairs = form.as_object().unwrap().iter();
    // Backwards, so that it is our sorting that is seen.
    pairs.map(|(n, v)| (n.clone(), v.as_str().unwrap().to_owned())).rev().collect()
}

fn made(case: &Value) -> String {
    let signed = match &case["input"] {
        Value::String(body) => body.clone(),
        form => sign::form_text(&fields(form), false),
    };
    if let Some(expected) = text(case, "signed_string") {
        assert_eq!(signed, expected);
    }
    let key = Secret::new(text(case, "key").unwrap());
    sign::checksum(signed.as_bytes(), &key, text(case, "salt").unwrap()).unwrap()
}

#[test]
fn every_vector_is_made_or_refused_as_the_libraries_do() {
    let (mut accepted, mut refused) = (0, 0);
    for case in cases() {
        let id = text(&case, "id").unwrap();
        if case["valid"] == false {
            let expected = if id == "neg-empty" { Forged::NoSignature } else { Forged::WrongSignature };
            assert_eq!(verdict(&case, text(&case, "checksum").unwrap()), Err(expected), "{id}");
            refused += 1;
            continue;
        }
        for name in ["checksum", "node_checksum", "python_checksum"] {
            if let Some(checksum) = text(&case, name) {
                assert_eq!(verdict(&case, checksum), Ok(()), "{id} {name}");
            }
        }
        let expected = text(&case, "checksum").or(text(&case, "node_checksum")).unwrap();
        assert_eq!(made(&case), expected, "{id}");
        accepted += 1;
    }
    assert_eq!((accepted, refused), (16, 10), "26 cases");
}

#[test]
fn a_checksum_has_one_length_and_one_refusal() {
    let key = Secret::new(KEY);
    let good = sign::checksum(b"x", &key, "k/Z1").unwrap();
    assert_eq!(good.len(), 108);
    assert_eq!(sign::check(b"x", &key, Some(&good)), Ok(()));
    let url_safe = good.replace('/', "_").replace('+', "-");
    let odd = [
        good[..104].to_owned(),
        format!("{good}AAAA"),
        format!(" {good}"),
        good.to_lowercase(),
        "A".repeat(108),
        format!("{}====", &good[..104]),
        if url_safe == good { "=".repeat(108) } else { url_safe },
    ];
    for odd in odd {
        assert_eq!(sign::check(b"x", &key, Some(&odd)), Err(Forged::WrongSignature), "{odd}");
    }
    // A salt of another length is nobody's, even under the right key.
    let long = sign::checksum(b"x", &key, "k/Z12").unwrap();
    assert_eq!(sign::check(b"x", &key, Some(&long)), Err(Forged::WrongSignature));
}

#[test]
fn no_key_signs_nothing() {
    let good = sign::checksum(b"x", &Secret::new(KEY), "k/Z1").unwrap();
    assert_eq!(sign::check(b"x", &Secret::new(""), Some(&good)), Err(Forged::NoSecret));
    assert_eq!(sign::check(b"x", &Secret::new("short"), Some(&good)), Err(Forged::WrongSignature));
    assert_eq!(sign::checksum(b"x", &Secret::new("short"), "k/Z1"), Err(crate::proof::aes_cbc::BadKey));
    assert_eq!(sign::check(b"x", &Secret::new(KEY), None), Err(Forged::NoSignature));
}

#[test]
fn a_salt_is_four_characters_of_base64() {
    assert_eq!(sign::salt([255; 32]), "////");
    assert_eq!(sign::salt([7; 32]), "BwcH");
}
