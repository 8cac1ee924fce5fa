//! A small house for one test: an application on a scratch database, one merchant, one key. No provider answers.

use crate::{Settings, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use data_encoding::BASE64;
use http::{HeaderMap, Request, StatusCode};
use hundi_app::clock::TestClock;
use hundi_app::keys::Peppers;
use hundi_app::net::{Incoming, NetError, Outgoing, Transport};
use hundi_app::passwords::{Cost, Passwords};
use hundi_app::people::{NewMerchant, create_merchant};
use hundi_app::random::SystemRandomness;
use hundi_app::seal::{MasterKeys, Ring};
use hundi_app::{Actor, App, Config, Ports, Schedule, api_keys};
use hundi_core::order::LateSuccess;
use hundi_core::{Millis, Mode, Scope};
use hundi_store::testing::Scratch;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

pub(super) const NOW: Millis = Millis(1_789_000_000_000);

pub(super) struct House {
    pub(super) app: Arc<App>,
    pub(super) clock: Arc<TestClock>,
    pub(super) key: (String, String),
    router: Router,
    // Removed when the test ends.
    _scratch: Scratch,
}

/// An answer, read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) json: Value,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub(super) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub(super) fn id(&self) -> String {
        self.json["id"].as_str().unwrap().to_owned()
    }
}

struct NobodyAnswers;

#[async_trait]
impl Transport for NobodyAnswers {
    async fn send(&self, _: Outgoing) -> Result<Incoming, NetError> {
        Err(NetError::NotConnected("no network in this test".into()))
    }
}

impl House {
    pub(super) async fn new() -> Self {
        let scratch = Scratch::sqlite();
        let store = scratch.open().await;
        store.migrate().await.unwrap();
        let random = Arc::new(SystemRandomness::new());
        let clock = Arc::new(TestClock::at(NOW));
        let ports = Ports {
            store,
            clock: clock.clone(),
            random: random.clone(),
            transport: Arc::new(NobodyAnswers),
            check_url: Arc::new(|_, _| Ok(())),
            masters: MasterKeys::parse(&Ring::generate_text(&*random, 'v', 1)).unwrap(),
            peppers: Peppers::parse(&Ring::generate_text(&*random, 'p', 1)).unwrap(),
            passwords: Passwords::new(Cost::CHEAP, 1, random.clone()),
        };
        let config = Config {
            public_url: "https://pay.example".into(),
            sandbox: BTreeMap::new(),
            deliveries_live: Schedule::live(),
            deliveries_test: Schedule::test(),
            limits: hundi_app::limits::Limits::off(),
            retries: hundi_app::RETRIES,
            mail: None,
        };
        let app = App::start(ports, config).await.unwrap();
        let key = new_key(&app).await;
        let router = router(app.clone(), Settings { product: "hundi".into(), secure_cookies: false });
        Self { app, clock, key, router, _scratch: scratch }
    }

    /// The same house for another merchant.
    pub(super) async fn other_merchant(&self) -> (String, String) {
        new_key(&self.app).await
    }

    /// The request as it is: nothing is added.
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, text, json }
    }

    pub(super) fn asks(&self, method: &str, path: &str) -> http::request::Builder {
        let pair = format!("{}:{}", self.key.0, self.key.1);
        Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Basic {}", BASE64.encode(pair.as_bytes())))
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(self.asks("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Answer {
        let request = self.asks("POST", path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(super) async fn post_with_key(&self, path: &str, body: &str, key: &str) -> Answer {
        let request = self.asks("POST", path).header("content-type", "application/json");
        self.send(request.header("idempotency-key", key).body(Body::from(body.to_owned())).unwrap()).await
    }

    /// A problem in the shape that the documentation promises.
    #[track_caller]
    pub(super) fn is_problem(answer: &Answer, status: u16, code: &str, param: Option<&str>) {
        let told = (answer.status.as_u16(), answer.code(), answer.json["param"].as_str());
        assert_eq!(told, (status, code, param), "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json["status"], status);
        assert_eq!(answer.json["request_id"], answer.header("x-request-id"));
        assert!(answer.json["message"].as_str().is_some_and(|m| !m.is_empty()));
    }

    pub(super) async fn orders_count(&self) -> usize {
        self.get("/orders?limit=100").await.json["data"].as_array().unwrap().len()
    }
}

async fn new_key(app: &Arc<App>) -> (String, String) {
    let new = NewMerchant {
        organization: "Kala".into(),
        name: "Kala Mandir".into(),
        zone: "Asia/Kolkata".into(),
        late_success: LateSuccess::Refund,
    };
    let merchant = create_merchant(app, new).await.unwrap();
    let scope = Scope::authenticated(merchant.id, Mode::Test);
    let (key, secret) = api_keys::create(app, scope, &Actor::new("command", ""), "test").await.unwrap();
    (key.id, secret.expose().to_owned())
}
