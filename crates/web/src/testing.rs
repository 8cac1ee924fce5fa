//! A small house for tests of pages: an application on a scratch database, two merchants, people of every role.
//!
//! Rows are written by the store where a provider would have to speak; what a provider answers is one word of the test.

use crate::{Settings, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use hundi_app::clock::TestClock;
use hundi_app::connections::{self, Card, Draft, Flow};
use hundi_app::keys::Peppers;
use hundi_app::limits::{Limits, Rule};
use hundi_app::net::{Incoming, NetError, Outgoing, Transport};
use hundi_app::orders::{self, NewOrder, Order};
use hundi_app::passwords::{Cost, Passwords};
use hundi_app::payments::Payment;
use hundi_app::people::{NewMerchant, NewPerson, create_merchant, create_person, set_late_success};
use hundi_app::random::SystemRandomness;
use hundi_app::seal::{MasterKeys, Ring};
use hundi_app::{Actor, App, Config, Ports, Schedule};
use hundi_core::order::LateSuccess;
use hundi_core::payment::{Fact, Happened, State, Step, step};
use hundi_core::scope::Role;
use hundi_core::{ConnectionId, Millis, Mode, Money, OurRef, PaymentId, Scope, Secret};
use hundi_store::payments as rows;
use hundi_store::testing::Scratch;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// 21 Nov 2026, 13:45:12 IST
pub(crate) const NOW: Millis = Millis(1_795_248_912_000);
pub(crate) const PASSWORD: &str = "a long enough password";
pub(crate) const SIMULATOR: &str = "http://127.0.0.1:4010";
const PUBLIC: &str = "https://pay.example";

/// What every provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// No connection comes about.
    Nobody,
    /// The request was taken, and no answer came.
    Nothing,
    /// A list without anything in it.
    EmptyList,
}

struct Scripted(Arc<Mutex<Says>>);

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, _: Outgoing) -> Result<Incoming, NetError> {
        match *self.0.lock().unwrap() {
            Says::Nobody => Err(NetError::NotConnected("no network in this test".into())),
            Says::Nothing => Err(NetError::TimedOut),
            Says::EmptyList => Ok(Incoming {
                status: 200,
                headers: vec![("content-type".into(), "application/json".into())],
                body: br#"{"entity":"collection","count":0,"items":[]}"#.to_vec(),
                truncated: false,
            }),
        }
    }
}

pub(crate) struct House {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) scope: Scope,
    pub(crate) others_scope: Scope,
    says: Arc<Mutex<Says>>,
    router: Router,
    // Removed when the test ends.
    _scratch: Scratch,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!((self.status.as_u16(), self.header("location")), (303, path), "{}", self.text);
    }

    #[track_caller]
    pub(crate) fn shows(&self, status: u16, text: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert!(self.text.contains(text), "{text:?} is not in: {}", self.text);
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::of(PUBLIC, true).await
    }

    /// With a simulator in the place of the provider, for test connections.
    pub(crate) async fn simulated() -> Self {
        let sandbox = [(card().id.to_owned(), SIMULATOR.to_owned())];
        Self::made(PUBLIC, true, sandbox.into()).await
    }

    pub(crate) async fn of(public_url: &str, secure_cookies: bool) -> Self {
        Self::made(public_url, secure_cookies, BTreeMap::new()).await
    }

    async fn made(public_url: &str, secure_cookies: bool, sandbox: BTreeMap<String, String>) -> Self {
        let scratch = Scratch::sqlite();
        let store = scratch.open().await;
        store.migrate().await.unwrap();
        let random = Arc::new(SystemRandomness::new());
        let (clock, says) = (Arc::new(TestClock::at(NOW)), Arc::new(Mutex::new(Says::Nobody)));
        let ports = Ports {
            store,
            clock: clock.clone(),
            random: random.clone(),
            transport: Arc::new(Scripted(says.clone())),
            check_url: Arc::new(|_, _| Ok(())),
            masters: MasterKeys::parse(&Ring::generate_text(&*random, 'v', 1)).unwrap(),
            peppers: Peppers::parse(&Ring::generate_text(&*random, 'p', 1)).unwrap(),
            passwords: Passwords::new(Cost::CHEAP, 1, random.clone()),
        };
        let config = Config {
            public_url: public_url.to_owned(),
            sandbox,
            deliveries_live: Schedule::live(),
            deliveries_test: Schedule::test(),
            // A payer's patience is part of the payer's page; the rest is told elsewhere.
            limits: Limits::off().with(Rule::PayerChecks, "1/10 seconds".parse().ok()),
            retries: hundi_app::RETRIES,
            mail: None,
        };
        let app = App::start(ports, config).await.unwrap();
        let router = router(app.clone(), Settings { product: "hundi".into(), secure_cookies });
        let scope = merchant(&app, "Malgudi Kitchens").await;
        let others_scope = merchant(&app, "Someone Else").await;
        for role in Role::ALL.iter().copied() {
            let platform = matches!(role, Role::PlatformAdmin | Role::PlatformSupport);
            let new = NewPerson {
                email: email(role),
                name: format!("A {}", role.as_str()),
                role,
                merchant: (!platform).then_some(scope.merchant()),
                password: Secret::new(PASSWORD),
            };
            create_person(&app, new).await.unwrap();
        }
        Self { app, clock, scope, others_scope, says, router, _scratch: scratch }
    }

    pub(crate) fn providers_say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    // ---- rows

    /// A connection of the scope's, whose provider accepted the keys.
    pub(crate) async fn connection(&self, scope: Scope, label: &str) -> ConnectionId {
        self.providers_say(Says::EmptyList);
        let saved =
            connections::save(&self.app, scope, &Actor::new("command", ""), draft(scope.mode(), label)).await;
        self.providers_say(Says::Nobody);
        saved.unwrap().id
    }

    pub(crate) async fn order(&self, scope: Scope, more: impl FnOnce(&mut NewOrder)) -> Order {
        let mut new = NewOrder {
            amount: Money::inr(149_900),
            capture_manual: false,
            receipt: Some("MK-1".to_owned()),
            description: None,
            payer_name: None,
            payer_email: None,
            payer_phone: None,
            metadata: "{}".to_owned(),
            customer: None,
            offer_saved: false,
            return_url: None,
            expires_at: None,
            created_by: "test".to_owned(),
        };
        more(&mut new);
        let reply = orders::create(&self.app, scope, new, None).await.unwrap();
        let told: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        orders::get(&self.app, scope, told["id"].as_str().unwrap().parse().unwrap()).await.unwrap()
    }

    /// A payment of the order about which these facts are known.
    pub(crate) async fn payment(
        &self,
        order: &Order,
        connection: ConnectionId,
        handle: Option<&str>,
        facts: &[Happened],
    ) -> PaymentId {
        let state = facts.iter().fold(State::new(order.amount), |state, happened| {
            match step(&state, &Fact { at: self.app.now(), happened: happened.clone() }) {
                Step::Same => state,
                Step::Move { to, .. } => to,
            }
        });
        let captured: i64 = state.captures().map(|(_, c)| c.amount.minor()).sum();
        let now = self.app.now();
        let payment = Payment {
            id: self.app.id(PaymentId::new),
            scope: order.scope,
            order_id: order.id,
            connection_id: connection,
            fallback: None,
            after: None,
            our_ref: self.app.id(OurRef::new),
            flow: "script".to_owned(),
            state,
            captured_minor: captured,
            refunded_minor: 0,
            reserved_minor: 0,
            adopted_minor: 0,
            provider_order: handle.map(|_| format!("order_{}", self.app.nonce())),
            handle: handle.map(str::to_owned),
            payer_ip: None,
            payer_agent: None,
            escalated_at: None,
            missing_at: None,
            expires_at: now.plus(900_000),
            next_poll_at: Some(now.plus(15_000)),
            polls: 0,
            created_by: "payer".to_owned(),
            created_at: now,
            updated_at: now,
            version: 1,
            event_seq: 1,
        };
        let id = payment.id;
        self.app
            .store
            .write(async move |tx| {
                rows::insert(tx, &payment).await?;
                rows::save(tx, &payment, &State::new(payment.state.asked)).await
            })
            .await
            .unwrap();
        id
    }

    pub(crate) async fn late_money(&self, policy: LateSuccess) {
        set_late_success(&self.app, self.scope.merchant(), policy).await.unwrap();
    }

    // ---- asking

    /// The request as it is: nothing is added.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, cookie: &str, path: &str) -> Answer {
        let request = Request::get(path).header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A form from a page of ours.
    pub(crate) async fn post(&self, cookie: &str, path: &str, form: &str) -> Answer {
        self.post_from("same-origin", cookie, path, form).await
    }

    pub(crate) async fn post_from(&self, site: &str, cookie: &str, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// The cookie of somebody with this role.
    pub(crate) async fn signed_in(&self, role: Role) -> String {
        let form = format!("email={}&password={}", email(role), PASSWORD.replace(' ', "+"));
        let answer = self.post("", "/signin", &form).await;
        answer.leads_to("/");
        cookie_of(&answer)
    }
}

/// `name=token`, as the browser sends it back.
pub(crate) fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

pub(crate) fn email(role: Role) -> String {
    format!("{}@malgudi.example", role.as_str())
}

async fn merchant(app: &Arc<App>, name: &str) -> Scope {
    let new = NewMerchant {
        organization: name.to_owned(),
        name: name.to_owned(),
        zone: "Asia/Kolkata".into(),
        late_success: LateSuccess::Refund,
    };
    Scope::authenticated(create_merchant(app, new).await.unwrap().id, Mode::Test)
}

/// The first provider there is.
pub(crate) fn card() -> &'static Card {
    connections::cards()[0]
}

/// Credentials of the right shape for a test account: its card's hints say how they begin.
pub(crate) fn credential(name: &str, account: &str) -> String {
    let hint = card().credentials.iter().find(|c| c.name == name).map_or("", |c| c.hint);
    let prefix = hint.split_whitespace().find(|word| word.contains("_test_")).unwrap_or_default();
    format!("{prefix}{}", account.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

fn draft(mode: Mode, label: &str) -> Draft {
    let credentials = card().credentials.iter();
    Draft {
        provider: card().id.to_owned(),
        label: label.to_owned(),
        credentials: credentials
            .map(|c| (c.name.to_owned(), credential(c.name, label).replace("_test_", &format!("_{mode}_"))))
            .map(|(name, value)| (name, Secret::new(value)))
            .collect(),
        webhook_secret: Some(Secret::new("a webhook secret")),
        features: Vec::new(),
        flows: vec![Flow::Script],
        min_minor: None,
        max_minor: None,
        session_ms: None,
    }
}
