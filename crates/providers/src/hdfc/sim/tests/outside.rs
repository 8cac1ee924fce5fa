//! What goes out by itself, and what is dialled and seen from outside.

use super::*;

#[test]
fn webhooks_carry_the_password_and_are_tried_five_times() {
    let mut w = World::new();
    w.paid("hundi0001");
    let mut tries = 0;
    for _ in 0..20 {
        for out in w.due() {
            if serde_json::from_slice::<Value>(&out.body).unwrap()["event_name"] == "ORDER_SUCCEEDED" {
                tries += 1;
                assert!(
                    out.headers.contains(&("authorization".to_owned(), "Basic aHVuZGk6czNjcmV0".to_owned()))
                );
                w.sim.delivered(out.id, Some(500), w.now);
            } else {
                w.sim.delivered(out.id, Some(200), w.now);
            }
        }
        w.now = w.now.plus(seconds(31));
    }
    assert_eq!(tries, 5);
    let (_, shown) = w.control("GET", "webhooks", &json!({}));
    assert_eq!(shown["failed"][0]["why"], "given up");
    let event = shown["failed"][0]["event_id"].as_str().unwrap().to_owned();
    assert_eq!(w.control("POST", "webhooks", &json!({"replay": event})).0, 200);
    assert_eq!(w.due().len(), 1);
}

#[test]
fn an_older_webhook_version_knows_fewer_events() {
    let mut w = World::new();
    w.control("POST", "accounts", &json!({"merchant_id": "SGTEST", "webhook_version": "2016-01-01"}));
    w.session("hundi0001", "499.00");
    w.pays(&json!({"order": "hundi0001", "outcome": "fail"}));
    assert!(w.due().is_empty());
    w.pays(&json!({"order": "hundi0001", "outcome": "pay"}));
    assert_eq!(w.due().len(), 1);
}

#[test]
fn webhook_dials() {
    let count = |fault: Fault| {
        let mut w = World::new();
        let matches = Match { event: Some("ORDER_SUCCEEDED".to_owned()), ..Match::default() };
        w.sim.dial(Dial::new(matches, fault));
        w.paid("hundi0001");
        let now = w.due().len();
        w.now = w.now.plus(minutes(2));
        (now, w.due().len())
    };
    assert_eq!(count(Fault::WebhookDrop), (2, 0));
    assert_eq!(count(Fault::WebhookDuplicate { n: 2 }), (5, 0));
    assert_eq!(count(Fault::WebhookDelay { ms: seconds(60) }), (2, 1));
    assert_eq!(count(Fault::WebhookReorder), (2, 1));
}

#[test]
fn dials_are_aimed() {
    let mut w = World::new();
    w.session("hundi0001", "499.00");
    w.session("hundi0002", "10.00");
    let down = Fault::Status { status: 503, acts: Acts::Never };
    let aims = [
        Match { our_ref: Some("hundi0001".to_owned()), ..Match::default() },
        Match { amount_minor: Some(499_00), ..Match::default() },
        Match {
            op: Some(Op::Fetch),
            order: Some(w.get("hundi0001")["id"].as_str().unwrap().to_owned()),
            ..Match::default()
        },
    ];
    for aim in aims {
        w.sim.dial(Dial::new(aim.clone(), down));
        assert_eq!(w.call("GET", "/orders/hundi0001", FORM, "").0, 503, "{aim:?}");
        assert_eq!(w.call("GET", "/orders/hundi0002", FORM, "").0, 200, "{aim:?}");
        w.sim.clear_dials();
    }
    w.sim.dial(Dial::new(Match { key_id: Some("SGOTHER".to_owned()), ..Match::default() }, down));
    assert_eq!(w.call("GET", "/orders/hundi0001", FORM, "").0, 200);
}

#[test]
fn the_control_api_shows_and_changes() {
    let mut w = World::new();
    w.paid("hundi0001");
    assert_eq!(
        w.control("POST", "refund", &json!({"payment_id": "SGTEST-hundi0001-1", "amount": 100})).0,
        200
    );
    assert_eq!(w.control("POST", "refund", &json!({"payment_id": "nothing"})).0, 400);
    assert_eq!(w.control("POST", "foreign_payment", &json!({"merchant_id": "SGTEST", "amount": 100})).0, 200);
    let (_, journal) = w.control("GET", "journal", &json!({}));
    let lines = journal["journal"].as_array().unwrap().clone();
    assert_eq!((&lines[0]["account"], &lines[0]["our_ref"]), (&json!("SGTEST"), &json!("hundi0001")));
    assert_eq!(lines.last().unwrap()["our_ref"], "", "somebody else's");
    let (_, accounts) = w.control("GET", "accounts", &json!({}));
    let text = accounts.to_string();
    assert!(!text.contains(KEY) && !text.contains("s3cret") && !text.contains("PRIVATE"), "{text}");
    w.now = w.now.plus(days(2));
    let file = w.send("GET", "/sim/control/settlement_file", &[], "");
    assert_eq!(String::from_utf8(file.body).unwrap().lines().count(), 4);
    assert_eq!(w.control("GET", "nothing", &json!({})).0, 404);
}
