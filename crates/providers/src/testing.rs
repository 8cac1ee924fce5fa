//! Wires for tests of adapters: one with scripted answers, one that ends in a simulator. Both answer at once, so one
//! poll runs a call to its end.

use crate::contract::{Account, Call};
use crate::sim::{Dial, Fault, Manner, Op, SimRequest, SimResponse, Simulator};
use crate::wire::{Answer, CallError, ReasonKind, Request, Wire};
use async_trait::async_trait;
use hundi_core::{Millis, Secret};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

pub(crate) const NOW: Millis = Millis(1_789_000_000_000);

/// Runs a call that never waits.
#[track_caller]
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a wire of tests answers at once"),
    }
}

/// What wires keep between calls, with its end.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, (String, Millis)>>);

impl Memory {
    fn recall(&self, name: &str, now: Millis) -> Option<Secret> {
        let kept = self.0.lock().unwrap();
        kept.get(name).filter(|(_, until)| now < *until).map(|(what, _)| Secret::new(what.clone()))
    }

    fn keep(&self, name: &str, what: &Secret, until: Millis) {
        self.0.lock().unwrap().insert(name.to_owned(), (what.expose().to_owned(), until));
    }

    fn forget(&self, name: &str) {
        self.0.lock().unwrap().remove(name);
    }
}

/// Answers in order and remembers what was asked. Running dry is a test's mistake.
pub(crate) struct Script {
    answers: Mutex<VecDeque<Result<Answer, CallError>>>,
    sent: Mutex<Vec<Request>>,
    memory: Memory,
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Answer, CallError> {
        self.sent.lock().unwrap().push(request);
        self.answers.lock().unwrap().pop_front().expect("one answer for each request")
    }

    fn now(&self) -> Millis {
        NOW
    }

    fn random(&self) -> [u8; 32] {
        [7; 32]
    }

    fn recall(&self, name: &str) -> Option<Secret> {
        self.memory.recall(name, NOW)
    }

    fn keep(&self, name: &str, what: &Secret, until: Millis) {
        self.memory.keep(name, what, until);
    }

    fn forget(&self, name: &str) {
        self.memory.forget(name);
    }
}

impl Script {
    pub(crate) fn new(answers: Vec<Result<Answer, CallError>>) -> Self {
        Self { answers: Mutex::new(answers.into()), sent: Mutex::new(vec![]), memory: Memory::default() }
    }

    /// Everything that was asked, after checking that every answer was used.
    #[track_caller]
    pub(crate) fn sent(&self) -> Vec<Request> {
        assert!(self.answers.lock().unwrap().is_empty(), "answers that nobody asked for");
        self.sent.lock().unwrap().clone()
    }
}

/// A 200 with this body.
pub(crate) fn ok(body: impl Into<String>) -> Result<Answer, CallError> {
    status(200, body)
}

#[expect(clippy::unnecessary_wraps, reason = "stands in a list beside failures of the wire")]
pub(crate) fn status(status: u16, body: impl Into<String>) -> Result<Answer, CallError> {
    Ok(Answer { status, headers: vec![], body: body.into().into_bytes() })
}

/// A documented body with some of its fields changed.
pub(crate) fn with(body: &str, changes: &[(&str, Value)]) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    for (name, value) in changes {
        body[name] = value.clone();
    }
    body.to_string()
}

pub(crate) const BASE: &str = "http://127.0.0.1:4010";

/// A wire that ends in a simulator at [`BASE`], with a clock that tests move.
pub(crate) struct World<S> {
    pub(crate) sim: Mutex<S>,
    pub(crate) account: Account,
    now: Mutex<Millis>,
    memory: Memory,
}

#[async_trait]
impl<S: Simulator> Wire for World<S> {
    async fn send(&self, request: Request) -> Result<Answer, CallError> {
        let headers = request.headers.iter().map(|h| (h.name.to_lowercase(), h.value.clone())).collect();
        let target = request.url.strip_prefix(BASE).expect("every call goes to the simulator").to_owned();
        let answer = self.handle(request.method, target, headers, request.body);
        match answer.manner {
            Manner::Whole => {
                let lower = |(n, v): (String, String)| (n.to_lowercase(), v);
                let headers = answer.headers.into_iter().map(lower).collect();
                Ok(Answer { status: answer.status, headers, body: answer.body })
            }
            Manner::After { .. } => Err(CallError::unknown(ReasonKind::TimedOut, "late")),
            Manner::Silent | Manner::Truncated => Err(CallError::unknown(ReasonKind::Broken, "cut")),
        }
    }

    fn now(&self) -> Millis {
        *self.now.lock().unwrap()
    }

    fn random(&self) -> [u8; 32] {
        [7; 32]
    }

    fn recall(&self, name: &str) -> Option<Secret> {
        self.memory.recall(name, self.now())
    }

    fn keep(&self, name: &str, what: &Secret, until: Millis) {
        self.memory.keep(name, what, until);
    }

    fn forget(&self, name: &str) {
        self.memory.forget(name);
    }
}

impl<S: Simulator> World<S> {
    pub(crate) fn new(sim: S, account: Account) -> Self {
        let account = Account { base_url: BASE.to_owned(), simulated: true, ..account };
        Self { sim: Mutex::new(sim), account, now: Mutex::new(NOW), memory: Memory::default() }
    }

    pub(crate) fn call(&self) -> Call<'_> {
        Call { account: &self.account, wire: self }
    }

    pub(crate) fn passes(&self, ms: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.plus(ms);
    }

    /// A request to the simulator, as it arrives there.
    pub(crate) fn handle(
        &self,
        method: &str,
        target: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> SimResponse {
        let request =
            SimRequest { method: method.to_owned(), target, headers, body, base_url: BASE.to_owned() };
        self.sim.lock().unwrap().handle(&request, self.now())
    }

    /// What the payer does by machine, and the fields that the browser then brings back.
    #[track_caller]
    pub(crate) fn payer(&self, wish: &Value) -> Vec<(String, String)> {
        let answer = self.handle("POST", "/sim/api/pay".to_owned(), vec![], wish.to_string().into_bytes());
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{said}");
        serde_json::from_value(said["callback"].clone()).unwrap()
    }

    pub(crate) fn fault(&self, op: Op, fault: Fault) {
        self.sim.lock().unwrap().dial(Dial::once(op, fault));
    }
}
