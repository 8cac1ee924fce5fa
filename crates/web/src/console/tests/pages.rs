//! What pages show of what is there, and what their forms do.

use crate::testing::{Answer, House, Says, card, credential};
use hundi_app::connections;
use hundi_core::payment::{Happened, Try, TryDetail};
use hundi_core::scope::Role;
use hundi_core::time::minutes;
use hundi_core::{ConnectionId, FailureReason, Method, Money, PaymentId};

fn tried(what: Try) -> Happened {
    let detail = TryDetail {
        method: Some(Method::Card),
        instrument: Some("Visa •• 4242".to_owned()),
        ..TryDetail::default()
    };
    Happened::Tried { provider_payment: "their_1".to_owned(), what, detail }
}

async fn captured(house: &House, connection: ConnectionId) -> PaymentId {
    let order = house.order(house.scope, |_| {}).await;
    house.payment(&order, connection, None, &[tried(Try::Captured { amount: order.amount })]).await
}

/// What stands in a form's field.
fn field<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let from = answer.text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    from.split('"').next().unwrap()
}

#[tokio::test]
async fn an_empty_house_says_what_to_do() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    house.get(&cookie, "/").await.shows(200, "Connect a provider, then create an order");
    house.get(&cookie, "/payments").await.shows(200, "No payments yet");
    house.get(&cookie, "/payments?status=failed").await.shows(200, "No payment fits these filters");
    house.get(&cookie, "/connections").await.shows(200, "No provider is connected yet");
    house.get(&cookie, "/webhooks").await.shows(200, "No webhook has arrived yet");
    house.get(&cookie, "/endpoints").await.shows(200, "No endpoint yet");
    house.get(&cookie, "/deliveries").await.shows(200, "Nothing was sent yet");
}

#[tokio::test]
async fn filters_live_in_the_address() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Staff).await;
    let connection = house.connection(house.scope, "Main").await;
    let order = house.order(house.scope, |o| o.receipt = Some("FAILED-1".to_owned())).await;
    let failed = Happened::Refused { reason: FailureReason::ProviderRefused };
    house.payment(&order, connection, None, &[failed]).await;
    let order = house.order(house.scope, |o| o.receipt = Some("PAID-1".to_owned())).await;
    let paid =
        house.payment(&order, connection, None, &[tried(Try::Captured { amount: order.amount })]).await;
    let shown = async |query: &str| {
        let text = house.get(&cookie, &format!("/payments?{query}")).await.text;
        (text.contains("FAILED-1"), text.contains("PAID-1"))
    };
    assert_eq!(shown("").await, (true, true));
    assert_eq!(shown("status=failed").await, (true, false));
    assert_eq!(shown("status=captured").await, (false, true));
    assert_eq!(shown("status=nonsense").await, (true, true));
    assert_eq!(shown("status=refunded").await, (false, false));
    assert_eq!(shown("method=card").await, (false, true));
    assert_eq!(shown("amount=1,499.00").await, (true, true));
    assert_eq!(shown("amount=1500").await, (false, false));
    assert_eq!(shown("from=2026-11-21&to=2026-11-21").await, (true, true));
    assert_eq!(shown("to=2026-11-20").await, (false, false));
    assert_eq!(shown(&format!("connection={connection}")).await, (true, true));
    assert_eq!(shown(&format!("q={paid}")).await, (false, true));
    let found = house.get(&cookie, "/payments?q=FAILED-1&status=failed").await;
    found.shows(200, "/payments?status=failed\" aria-label=\"Remove the search filter\"");
    assert!(found.text.contains(r#"type="search""#) && found.text.contains(r#"value="FAILED-1""#));
}

#[tokio::test]
async fn what_might_be_charged_twice_is_said_in_rupees() {
    const SAYS: &str = "May be charged twice";
    let house = House::new().await;
    let cookie = house.signed_in(Role::Staff).await;
    let connection = house.connection(house.scope, "Main").await;
    let order = house.order(house.scope, |o| o.amount = Money::inr(149_900)).await;
    let first = house.payment(&order, connection, None, &[Happened::Opened]).await;
    let page = house.get(&cookie, &format!("/payments/{first}")).await;
    assert!(!page.text.contains(SAYS));
    house.payment(&order, connection, None, &[Happened::WentUnknown]).await;
    let page = house.get(&cookie, &format!("/payments/{first}")).await;
    let (_, rest) = page.text.split_once(SAYS).expect("it is said");
    assert!(rest[..60].contains("₹1,499.00"), "{}", &rest[..60]);
}

#[tokio::test]
async fn the_search_finds_every_order_of_a_number() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Staff).await;
    let connection = house.connection(house.scope, "Main").await;
    for (receipt, email) in
        [("R-1001", Some("Ana@Example.com")), ("r-1001", None), ("R-1002", None), ("R-10010", None)]
    {
        let order = house
            .order(house.scope, |o| {
                o.receipt = Some(receipt.to_owned());
                o.payer_email = email.map(str::to_owned);
            })
            .await;
        house.payment(&order, connection, None, &[Happened::Opened]).await;
    }
    let found = async |typed: &str| {
        let text = house.get(&cookie, &format!("/payments?q={typed}")).await.text;
        let rows = text.split("<td role=\"cell\" class=\"k cut\"><b>").skip(1);
        let mut rows: Vec<_> = rows.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        rows.sort();
        rows
    };
    assert_eq!(found("R-1001").await, ["R-1001", "r-1001"]);
    assert_eq!(found("+r-1001+").await, ["R-1001", "r-1001"]);
    assert_eq!(found("ana%40example.com").await, ["R-1001"]);
    // A piece of an address finds nobody: whoever types letters must not list customers.
    assert!(found("ana").await.is_empty() && found("%25").await.is_empty());
    house.get(&cookie, "/payments?q=nothing").await.shows(200, "The search finds a whole reference");
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_named() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Staff).await;
    for (query, says) in [
        ("status=nonsense", "“nonsense” is no status to filter by"),
        ("from=yesterday", "“yesterday” is no date to filter by"),
        ("to=2026-02-30", "“2026-02-30” is no date to filter by"),
        ("method=cheque", "“cheque” is no method to filter by"),
        ("amount=many", "“many” is no amount to filter by"),
        ("connection=mine", "“mine” is no connection to filter by"),
    ] {
        house.get(&cookie, &format!("/payments?{query}")).await.shows(200, says);
    }
    let plain = house.get(&cookie, "/payments?status=refunded&from=2026-11-21").await;
    assert!(!plain.text.contains("to filter by"), "{}", plain.text);
}

#[tokio::test]
async fn pages_of_a_list_join_without_a_gap() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Staff).await;
    let connection = house.connection(house.scope, "Main").await;
    for i in 0..60 {
        // Several in one millisecond, too.
        house.clock.advance(i % 3);
        let order = house.order(house.scope, |o| o.receipt = Some(format!("N{i:02}"))).await;
        house.payment(&order, connection, None, &[Happened::Opened]).await;
    }
    let rows =
        |text: &str| -> Vec<String> { text.split("<b>N").skip(1).map(|rest| rest[..2].to_owned()).collect() };
    let link = |text: &str, rel: &str| {
        let before = text.split(&format!("\" rel=\"{rel}\"")).next().filter(|b| b.len() < text.len())?;
        Some(before.rsplit("href=\"").next()?.replace("&#38;", "&"))
    };
    let mut there = Vec::new();
    let mut page = house.get(&cookie, "/payments").await.text;
    assert_eq!(link(&page, "prev"), None);
    for _ in 0..2 {
        there.push(rows(&page));
        page = house.get(&cookie, &link(&page, "next").unwrap()).await.text;
    }
    there.push(rows(&page));
    assert_eq!(link(&page, "next"), None);
    // Each once; within one millisecond their ids decide, which are random.
    assert_eq!(there.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 10]);
    let mut all: Vec<String> = there.concat();
    all.sort();
    assert_eq!(all, (0..60).map(|i| format!("{i:02}")).collect::<Vec<_>>());
    for known in there.iter().rev().skip(1) {
        page = house.get(&cookie, &link(&page, "prev").unwrap()).await.text;
        assert_eq!(&rows(&page), known);
    }
}

#[tokio::test]
async fn a_refund_is_asked_for_in_two_steps_and_once() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Finance).await;
    let connection = house.connection(house.scope, "Main").await;
    let payment = captured(&house, connection).await;
    let url = format!("/payments/{payment}");
    house.get(&cookie, &url).await.shows(200, &format!("{url}/refund"));
    house.get(&cookie, &format!("{url}/refund")).await.shows(200, "Up to ₹1,499.00 can still be refunded.");
    for wrong in ["", "0", "-1", "1499.01", "abc", "1e2"] {
        let answer = house.get(&cookie, &format!("{url}/refund/confirm?amount={wrong}")).await;
        answer.shows(422, "Type an amount up to ₹1,499.00");
    }
    let answer = house.get(&cookie, &format!("{url}/refund/confirm?amount=1.234")).await;
    answer.shows(422, "Type two decimals at most");
    let confirm =
        house.get(&cookie, &format!("{url}/refund/confirm?amount=%E2%82%B91,000&reason=damaged")).await;
    confirm.shows(200, "Refund ₹1,000.00?");
    confirm.shows(200, "₹499.00 is left to refund afterwards.");
    let form = format!(
        "amount={}&reason={}&key={}",
        field(&confirm, "amount"),
        field(&confirm, "reason"),
        field(&confirm, "key")
    );
    // Nothing is known of captures without their rows: the refusal is the application's, on a page.
    let refused = house.post(&cookie, &format!("{url}/refund"), &form).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    house
        .post(&cookie, &format!("{url}/refund"), "amount=10&reason=other")
        .await
        .shows(400, "Open the page again");
    house
        .post(&cookie, &format!("{url}/refund"), "amount=x&key=k")
        .await
        .shows(400, "Type an amount to refund.");
}

#[tokio::test]
async fn doubt_has_its_own_panel_and_check() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Staff).await;
    let connection = house.connection(house.scope, "Main").await;
    let order = house.order(house.scope, |_| {}).await;
    let payment =
        house.payment(&order, connection, Some("{}"), &[Happened::Opened, Happened::WentUnknown]).await;
    house.clock.advance(minutes(12));
    let page = house.get(&cookie, &format!("/payments/{payment}")).await;
    page.shows(200, "In doubt since 21 Nov 2026, 13:45 IST");
    page.shows(200, "12 min");
    assert!(!page.text.contains(">Paid<"));
    house.get(&cookie, "/").await.shows(200, "1 payment in doubt");
    house.get(&cookie, "/payments?status=in_doubt").await.shows(200, "MK-1");
    house
        .post(&cookie, &format!("/payments/{payment}/check"), "")
        .await
        .leads_to(&format!("/payments/{payment}?done=checked"));
    house.get(&cookie, &format!("/payments/{payment}?done=checked")).await.shows(200, "Asked the provider.");
    // Words in an address are not repeated.
    let planted = house.get(&cookie, &format!("/payments/{payment}?done=You+won")).await;
    assert!(!planted.text.contains("You won"));
}

#[tokio::test]
async fn a_connection_is_tested_before_it_is_saved() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let url = format!("/connections/new?provider={}", card().id);
    house.get(&cookie, &url).await.shows(200, card().name);
    house.get(&cookie, "/connections/new?provider=nobody").await.shows(404, "No such page");
    let mut form = "name=My+shop&enabled=script".to_owned();
    for c in card().credentials {
        let value = if c.kind.is_secret() { "s3cr3t-value".to_owned() } else { credential(c.name, "One") };
        form = format!("{form}&c_{}={value}", c.name);
    }
    // Nobody answers: nothing is saved, what was typed is kept, secrets are not sent back.
    let refused = house.post(&cookie, &url, &form).await;
    refused.shows(422, "One thing to correct");
    refused.shows(422, "My shop");
    refused.shows(
        422,
        &credential(card().credentials.iter().find(|c| !c.kind.is_secret()).unwrap().name, "One"),
    );
    assert!(!refused.text.contains("s3cr3t-value"));
    house.get(&cookie, "/connections").await.shows(200, "No provider is connected yet");
    // Fields left empty are named one by one.
    house.post(&cookie, &url, "name=x&enabled=script").await.shows(422, "things to correct");

    house.providers_say(Says::EmptyList);
    let saved = house.post(&cookie, &url, &form).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let place = saved.header("location").split('?').next().unwrap().to_owned();
    let page = house.get(&cookie, &place).await;
    page.shows(200, "accepted the keys");
    page.shows(200, "Not set: every webhook is refused");
    page.shows(200, "https://pay.example/hooks/");
    assert!(!page.text.contains("s3cr3t-value"));
    house.post(&cookie, &url, &form).await.shows(422, "connected already");

    // A secret that we make is shown once.
    let made = house.post(&cookie, &format!("{place}/secret"), "").await;
    made.shows(200, "Copy it now and paste it at the provider.");
    let secret = made.text.split("id=\"ws\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let secret = secret.split('"').next().unwrap().to_owned();
    assert!(secret.len() >= 32, "{secret}");
    let later = house.get(&cookie, &place).await;
    assert!(!later.text.contains(&secret) && later.text.contains("Webhook secret in place"));
    house.post(&cookie, &format!("{place}/secret"), "secret=short").await.shows(422, "8 to 256 characters");

    house
        .post(&cookie, &format!("{place}/switch"), "enabled=false")
        .await
        .leads_to(&format!("{place}?done=disabled"));
    house.get(&cookie, &place).await.shows(200, "Enable My shop");
    house.post(&cookie, &place, "name=Renamed&enabled=script").await.leads_to(&format!("{place}?done=saved"));
    house.get(&cookie, &place).await.shows(200, "Renamed");
    house.post(&cookie, &place, "name=Renamed").await.shows(422, "Choose at least one way to pay.");
}

#[tokio::test]
async fn an_endpoint_shows_its_secret_once() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Developer).await;
    let new = house.get(&cookie, "/endpoints/new").await;
    let form = format!("url=https%3A%2F%2Fshop.example%2Fhooks&event=order.paid&key={}", field(&new, "key"));
    let made = house.post(&cookie, "/endpoints", &form).await;
    made.shows(200, "Copy it now. It is not shown again.");
    let secret = made.text.split("id=\"es\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let secret = secret.split('"').next().unwrap().to_owned();
    // The same form sent twice makes one endpoint, and tells its secret once.
    let again = house.post(&cookie, "/endpoints", &form).await;
    again.shows(200, "https://shop.example/hooks");
    assert!(!again.text.contains(&secret));
    let list = house.get(&cookie, "/endpoints").await;
    list.shows(200, "1 event");
    assert_eq!(list.text.matches("<th role=\"rowheader\"").count(), 1);
    let place = list.text.split("href=\"/endpoints/whe_").nth(1).unwrap().split('"').next().unwrap();
    let place = format!("/endpoints/whe_{place}");

    let page = house.get(&cookie, &place).await;
    assert!(!page.text.contains(&secret));
    let rotated =
        house.post(&cookie, &format!("{place}/rotate"), &format!("key={}", field(&page, "key"))).await;
    rotated.shows(200, "signs beside it until");
    assert!(!rotated.text.contains(&secret));
    house.post(&cookie, &format!("{place}/rotate"), "").await.shows(400, "Open the page again");

    house.post(&cookie, &format!("{place}/test"), "").await.leads_to(&format!("{place}?done=test_sent"));
    let deliveries = house.get(&cookie, "/deliveries").await;
    deliveries.shows(200, "endpoint.test");
    deliveries.shows(200, "<span class=\"small mono cut\"><a href=\"/endpoints/whe_");
    let delivery =
        deliveries.text.split("href=\"/deliveries/dlv_").nth(1).unwrap().split('"').next().unwrap();
    let delivery = format!("/deliveries/dlv_{delivery}");
    house.get(&cookie, &delivery).await.shows(200, "Not tried yet");
    house.post(&cookie, &format!("{delivery}/resend"), "").await.leads_to(&format!("{delivery}?done=resent"));
    house
        .post(&cookie, &format!("{place}/switch"), "enabled=false")
        .await
        .leads_to(&format!("{place}?done=disabled"));
    house.get(&cookie, &place).await.shows(200, "Enable this endpoint");
}

#[tokio::test]
async fn an_endpoint_is_served_as_the_form_says() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Developer).await;
    let new = house.get(&cookie, "/endpoints/new").await;
    let form = |key: &str, gaps: &str, rate: &str| {
        format!(
            "url=https%3A%2F%2Fshop.example%2Fhooks&all=1&description=Our+accounts&signature=ed25519&retries=own\
             &gaps={gaps}&rate={rate}&ordered=1&key={key}"
        )
    };
    let key = field(&new, "key");
    for (gaps, rate) in [("soon", "20"), ("60%2C300", "many"), ("60%2C300", "1000"), ("", "20")] {
        let refused = house.post(&cookie, "/endpoints", &form(key, gaps, rate)).await;
        refused.shows(422, "Our accounts");
        refused.shows(422, "One thing to correct");
    }
    let made = house.post(&cookie, "/endpoints", &form(key, "60%2C+300%2C+3600", "20")).await;
    made.shows(200, "Verify it with:");
    let endpoints = hundi_app::endpoints::list(&house.app, house.scope).await.unwrap();
    let [endpoint] = endpoints.as_slice() else { panic!("{} endpoints", endpoints.len()) };
    let served = (endpoint.retries.to_string(), endpoint.rate_per_sec, endpoint.ordered);
    assert_eq!(served, ("60,300,3600".to_owned(), Some(20), true));
    assert_eq!(
        (endpoint.signature.as_str(), endpoint.description.as_deref()),
        ("ed25519", Some("Our accounts"))
    );
    // Changed, and shown as it is; the kind of its signature stays.
    let place = format!("/endpoints/{}", endpoint.id);
    let changed = "url=https%3A%2F%2Fshop.example%2Fhooks&event=order.paid&retries=first_five&gaps=&rate=";
    house.post(&cookie, &place, changed).await.leads_to(&format!("{place}?done=saved"));
    let endpoints = hundi_app::endpoints::list(&house.app, house.scope).await.unwrap();
    let endpoint = &endpoints[0];
    let served =
        (endpoint.retries.to_string(), endpoint.rate_per_sec, endpoint.ordered, endpoint.events.as_str());
    assert_eq!(served, ("first_five".to_owned(), None, false, "order.paid"));
    house.get(&cookie, &place).await.shows(200, "value=\"first_five\" checked");
}

#[tokio::test]
async fn webhooks_show_their_verdict_and_hide_their_proof() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Developer).await;
    let connection = house.connection(house.scope, "Main").await;
    let shown = connections::get(&house.app, house.scope, connection).await.unwrap();
    let (provider, token) = (shown.row.provider.clone(), shown.row.webhook_token.clone());
    let headers =
        vec![("x-some-signature".to_owned(), "f0rg3d".to_owned()), ("x-other".to_owned(), "kept".to_owned())];
    let body = br#"{"event":"<script>alert(1)</script>"}"#;
    hundi_app::notices::receive(&house.app, &provider, &token, &headers, body, "203.0.113.9").await.unwrap();
    let list = house.get(&cookie, "/webhooks").await;
    list.shows(200, "Refused");
    let strange = house.get(&cookie, "/webhooks?verdict=maybe&connection=conn_1&connection=x").await;
    for said in ["“maybe” is no verdict", "“conn_1” is no connection", "“x” is no connection"] {
        strange.shows(200, said);
    }
    house.get(&cookie, "/deliveries?state=lost").await.shows(200, "“lost” is no state to filter by");
    house.get(&cookie, "/deliveries?endpoint=whe_1").await.shows(200, "“whe_1” is no endpoint to filter by");
    assert!(!house.get(&cookie, "/deliveries?state=delivered").await.text.contains("left out"));
    house.get(&cookie, "/webhooks?verdict=verified").await.shows(200, "No webhook fits these filters");
    house
        .get(&cookie, &format!("/webhooks?connection={connection}"))
        .await
        .shows(200, "Remove the filter Main");
    let id = list.text.split("href=\"/webhooks/ntc_").nth(1).unwrap().split('"').next().unwrap();
    let page = house.get(&cookie, &format!("/webhooks/ntc_{id}")).await;
    page.shows(200, "x-some-signature: [hidden]");
    page.shows(200, "x-other: [4 characters]");
    page.shows(200, "{ event: text of 25 }");
    assert!(!page.text.contains("f0rg3d") && !page.text.contains("<script>alert"));
    // What is not proven is never worked on.
    assert!(!page.text.contains("Work on it again"));
    house.post(&cookie, &format!("/webhooks/ntc_{id}/replay"), "").await.shows(404, "No such page");
}

#[tokio::test]
async fn money_on_the_page_adds_up() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let connection = house.connection(house.scope, "Main").await;
    let payment = captured(&house, connection).await;
    let page = house.get(&cookie, &format!("/payments/{payment}")).await;
    page.shows(200, "Visa •• 4242");
    page.shows(200, &Money::inr(149_900).shown());
    page.shows(200, "their_1");
}

#[tokio::test]
async fn what_the_provider_quoted_stands_beside_the_money() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let connection = house.connection(house.scope, "Main").await;
    let order = house.order(house.scope, |_| {}).await;
    let detail = TryDetail { quoted_fee: Some(3_538), quoted_tax: Some(540), ..TryDetail::default() };
    let paid = Happened::Tried {
        provider_payment: "p_fee".to_owned(),
        what: Try::Captured { amount: order.amount },
        detail,
    };
    let id = house.payment(&order, connection, None, &[paid]).await;
    let page = house.get(&cookie, &format!("/payments/{id}")).await;
    page.shows(200, "<dt>Fee, as quoted</dt><dd>₹35.38</dd>");
    page.shows(200, "<dt>Tax in it, as quoted</dt><dd>₹5.40</dd>");
    let payment = hundi_app::payments::get(&house.app, house.scope, id).await.unwrap();
    let told = &hundi_app::public::payment(&payment)["tries"][0];
    assert_eq!((told["quoted_fee"].as_i64(), told["quoted_tax"].as_i64()), (Some(3_538), Some(540)));
}

#[tokio::test]
async fn a_hold_can_be_let_go() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let connection = house.connection(house.scope, "Main").await;
    let order = house.order(house.scope, |o| o.capture_manual = true).await;
    let held = tried(Try::Authorized { amount: order.amount });
    let id = house.payment(&order, connection, None, &[held]).await;
    let path = format!("/payments/{id}");
    house.get(&cookie, &path).await.shows(200, &format!("action=\"{path}/cancel\""));
    let support = house.signed_in(Role::PlatformSupport).await;
    assert!(!house.get(&support, &path).await.text.contains("/cancel"));
    house.post(&cookie, &format!("{path}/cancel"), "").await.leads_to(&format!("{path}?done=let_go"));
    house.get(&cookie, &path).await.shows(200, "It was called off.");
    assert_eq!(
        hundi_app::payments::get(&house.app, house.scope, id).await.unwrap().status().as_str(),
        "cancelled"
    );
}

/// Sees payments, for a while, from one network.
const SHOP_KEY: &str = "name=Shop+server&key=k1&scope=payments:read&scope=webhooks:read\
                        &last_day=2099-12-31&networks=127.0.0.1,+2001:db8::/32";

#[tokio::test]
async fn a_key_is_made_shown_once_and_revoked() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Developer).await;
    house.get(&cookie, "/keys").await.shows(200, "No key yet");
    let page = house.get(&cookie, "/keys").await;
    page.shows(200, "value=\"webhooks:write\" checked");
    page.shows(200, "value=\"keys:write\">");
    // A developer takes no money, gives none back and does not decide where it goes; so does no key of theirs.
    for more in [
        "payments:write",
        "refunds:write",
        "connections:write",
        "routing:write",
        "books:read",
        "exports:read",
    ] {
        assert!(!page.text.contains(more), "{more}");
        let escalated = format!("name=Shop+server&key=k1&scope=payments:read&scope={more}");
        house.post(&cookie, "/keys", &escalated).await.shows(403, "Your role does not include");
    }
    assert!(hundi_app::api_keys::list(&house.app, house.scope).await.unwrap().is_empty());
    for (form, says) in [
        ("name=Till&key=k1", "Name at least one scope."),
        ("name=Till&key=k1&scope=payments:raed", "Choose among these."),
        ("name=Till&key=k1&scope=payments:read&last_day=2020-01-01", "Choose a time ahead."),
        ("name=Till&key=k1&scope=payments:read&last_day=soon", "Choose a day, or none."),
        ("name=Till&key=k1&scope=payments:read&networks=10.0.0.1/8", "Type addresses or networks"),
    ] {
        let refused = house.post(&cookie, "/keys", form).await;
        refused.shows(422, says);
        refused.shows(422, "value=\"Till\"");
    }
    house
        .post(&cookie, "/keys", "name=+&key=k1&scope=payments:read")
        .await
        .shows(422, "Give the key a name of up to 80 characters.");
    house.post(&cookie, "/keys", "name=Shop+server").await.shows(400, "Open the page again");
    let made = house.post(&cookie, "/keys", SHOP_KEY).await;
    // The same form once more, by a second click or a page that was loaded anew.
    house.post(&cookie, "/keys", SHOP_KEY).await.shows(409, "This key was made already");
    assert_eq!(hundi_app::api_keys::list(&house.app, house.scope).await.unwrap().len(), 1);
    made.shows(200, "Copy it now. It is not shown again.");
    let after = |text: &str, prefix: &str| {
        let from = text.find(prefix).unwrap();
        text[from..].split('"').next().unwrap().to_owned()
    };
    let (id, secret) = (after(&made.text, "hk_test_"), after(&made.text, "hs_test_"));
    let listed = house.get(&cookie, "/keys").await;
    let told = ["Shop server", "2 of 11", "<li>See payments</li>", "Until 1 Jan 2100, 00:00 IST"];
    told.iter().for_each(|words| listed.shows(200, words));
    listed.shows(200, "Only from 127.0.0.1/32, 2001:db8::/32");
    assert!(!listed.text.contains("hs_test_"));
    let works = async || {
        hundi_app::api_keys::authenticate(
            &house.app,
            &id,
            &hundi_core::Secret::new(&secret),
            std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        )
        .await
        .is_ok()
    };
    assert!(works().await);
    house.post(&cookie, &format!("/keys/{id}/revoke"), "").await.leads_to("/keys?done=revoked");
    assert!(!works().await);
    house.get(&cookie, "/keys").await.shows(200, "Revoked");
}
