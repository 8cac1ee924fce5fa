//! Settlement lines, from the provider's API or its file: they tie to payments and refunds, add up, and are what the bank
//! shows.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use crate::house::{Payment, TestApp, operator, place_of};
use async_trait::async_trait;
use hundi_app::settlements;
use hundi_core::time::days;
use hundi_core::{Currency, Millis, Mode, Money, Secret};
use hundi_providers::sim::{Fault, Op, SimRequest};
use hundi_providers::{Account, Answer, Call, CallError, Request, SettledKind, SettlementLine, Span, Wire};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;

pub(super) const CASES: &[Case] = &[
    case!("settlement lines tie to payments and refunds, and add up", ties),
    case!("a settlement line of somebody else's money names nothing of ours", foreign),
    case!("what the bank shows is the sum of the settlement lines", bank),
    Case {
        name: "a refund made in the dashboard, of which nobody told, is found by its settlement file",
        play: |stand| Box::pin(by_file(stand)),
        // Where it can't be asked about, the journal knows more than we do.
        witnessed: false,
    },
];

/// A wire straight to the simulator.
struct Direct<'t> {
    t: &'t TestApp,
    provider: &'static str,
    kept: Mutex<BTreeMap<String, Secret>>,
}

#[async_trait]
impl Wire for Direct<'_> {
    async fn send(&self, request: Request) -> Result<Answer, CallError> {
        let base_url = place_of(self.provider);
        let target = request.url.strip_prefix(&base_url).expect("it speaks to the simulator").to_owned();
        let headers = request.headers.iter().map(|h| (h.name.to_lowercase(), h.value.clone())).collect();
        let asked =
            SimRequest { method: request.method.to_owned(), target, headers, body: request.body, base_url };
        let now = self.t.now();
        let said = self.t.simulator(self.provider).handle(&asked, now);
        let lower = |(n, v): (String, String)| (n.to_lowercase(), v);
        Ok(Answer {
            status: said.status,
            headers: said.headers.into_iter().map(lower).collect(),
            body: said.body,
        })
    }

    fn now(&self) -> Millis {
        self.t.now()
    }

    fn random(&self) -> [u8; 32] {
        [7; 32]
    }

    fn recall(&self, name: &str) -> Option<Secret> {
        self.kept.lock().expect("no thread panics").get(name).cloned()
    }

    fn keep(&self, name: &str, what: &Secret, _until: Millis) {
        self.kept.lock().expect("no thread panics").insert(name.to_owned(), what.clone());
    }

    fn forget(&self, name: &str) {
        self.kept.lock().expect("no thread panics").remove(name);
    }
}

/// A file of the simulator's control, of this shop's account.
fn file(s: &Stand<'_>, name: &str) -> Option<Vec<u8>> {
    s.shop.public_credentials.iter().find_map(|(field, value)| {
        let request = SimRequest {
            method: "GET".into(),
            target: format!("/sim/control/{name}?{field}={value}"),
            headers: Vec::new(),
            body: Vec::new(),
            base_url: place_of(s.card().id),
        };
        let said = s.t.simulator(s.card().id).handle(&request, s.t.now());
        let has_lines = said.body.iter().filter(|byte| **byte == b'\n').count() > 1;
        (said.status == 200 && has_lines).then_some(said.body)
    })
}

/// Everything that was settled so far: from the API where there is one, else from the file.
async fn lines(s: &Stand<'_>) -> Vec<SettlementLine> {
    let account = Account {
        mode: Mode::Test,
        base_url: place_of(s.card().id),
        simulated: true,
        credentials: s.shop.credentials.clone(),
        enabled: Vec::new(),
    };
    let wire = Direct { t: s.t, provider: s.card().id, kept: Mutex::default() };
    let call = Call { account: &account, wire: &wire };
    let span = Span { from: s.t.now().minus(days(12)), to: s.t.now() };
    let (mut all, mut after) = (Vec::new(), None);
    let Some(part) = s.provider.settlements() else {
        let part = s.provider.settlement_file().expect("every provider says what was settled");
        let bytes = file(s, "settlement_file").expect("what has no API has a file");
        return part.read_file(&bytes).expect("its own file is read");
    };
    for _ in 0..200 {
        let page = part.list(call, span, after.as_deref()).await.expect("its list is read");
        let page = page.expect("a simulated account has the list");
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
    panic!("the list never ends");
}

/// Two payments, a refund of a part of one, and time until all of it is settled. What was given back is kept from the
/// next payment's settlement, at the latest.
async fn history<'s>(s: &'s Stand<'_>) -> (Payment<'s>, Payment<'s>) {
    let first = s.paid().await;
    first.refunds(10_000).await;
    s.t.passes(days(1)).await;
    let second = s.paid().await;
    s.t.passes(days(10)).await;
    (first, second)
}

fn adds_up(line: &SettlementLine) {
    let sign = match line.kind {
        SettledKind::Payment => 1,
        SettledKind::Refund | SettledKind::Chargeback => -1,
        SettledKind::Adjustment => line.net_minor.signum(),
    };
    assert_eq!(sign * line.gross.minor() - line.fee_minor - line.tax_minor, line.net_minor, "{line:?}");
}

/// The provider's fee, and in India the tax on it to the paisa that halves or wholes are rounded by.
fn kept_as_told(line: &SettlementLine) {
    assert!(line.fee_minor > 0 && line.fee_minor < line.gross.minor() / 10, "{line:?}");
    let tax = if line.gross.currency() == Currency::INR { line.fee_minor * 18 / 100 } else { 0 };
    assert!((line.tax_minor - tax).abs() <= 1, "{line:?}");
}

async fn is_of(line: &SettlementLine, payment: &Payment<'_>) -> bool {
    let tries = payment.provider_tries().await;
    let ours = line.our_ref.is_some_and(|named| named.as_str() == payment.our_ref);
    ours || tries.iter().any(|(id, _)| *id == line.provider_id)
}

async fn ties(s: &Stand<'_>) -> Verdict {
    let (first, second) = history(s).await;
    let lines = lines(s).await;
    lines.iter().for_each(adds_up);
    for payment in [&first, &second] {
        let mut of_it = Vec::new();
        for line in lines.iter().filter(|line| line.kind == SettledKind::Payment) {
            if is_of(line, payment).await {
                of_it.push(line);
            }
        }
        assert_eq!(of_it.len(), 1, "{lines:#?}");
        assert_eq!(of_it[0].gross, s.amount());
        kept_as_told(of_it[0]);
    }
    let given: Vec<_> = lines.iter().filter(|line| line.kind == SettledKind::Refund).collect();
    assert_eq!(given.len(), 1, "{lines:#?}");
    assert_eq!(given[0].gross, Money::new(10_000, s.amount().currency()));
    let refund = first.all_refunds().await.remove(0);
    let named = given[0].our_ref.is_some_and(|ours| refund["our_ref"] == ours.as_str())
        || refund["provider_refund"] == given[0].provider_id.as_str();
    let tries = first.provider_tries().await;
    let of_payment = given[0].of_payment.as_ref().is_some_and(|of| tries.iter().any(|(id, _)| id == of));
    assert!(named || of_payment, "{:?} {refund}", given[0]);
    Held
}

async fn foreign(s: &Stand<'_>) -> Verdict {
    let ours = s.paid().await;
    let mut body = json!({ "amount": 77_700, "currency": s.amount().currency().code() });
    for (name, value) in &s.shop.public_credentials {
        body[name.as_str()] = json!(value);
    }
    s.t.asks(s.card().id, "/sim/control/foreign_payment", &body).expect("others can pay in");
    s.t.passes(days(10)).await;
    let lines = lines(s).await;
    let theirs: Vec<_> = lines.iter().filter(|line| line.gross.minor() == 77_700).collect();
    assert_eq!(theirs.len(), 1, "{lines:#?}");
    adds_up(theirs[0]);
    assert!(!is_of(theirs[0], &ours).await, "{:?}", theirs[0]);
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

async fn bank(s: &Stand<'_>) -> Verdict {
    s.paid().await;
    history(s).await;
    let lines = lines(s).await;
    let statement = String::from_utf8(file(s, "bank_statement").expect("it has one")).expect("it is text");
    let currency: Currency = s.amount().currency();
    let (mut credited, mut by_transfer) = (0, BTreeMap::new());
    for row in statement.lines().skip(1) {
        let cells: Vec<_> = row.split(',').collect();
        let minor = Money::parse_decimal(cells[5], currency).expect("an amount").minor();
        credited += minor;
        by_transfer.insert(cells[2].to_owned(), minor);
    }
    assert_eq!(credited, lines.iter().map(|line| line.net_minor).sum::<i64>(), "{statement}\n{lines:#?}");
    for utr in lines.iter().filter_map(|line| line.utr.clone()) {
        let of_it = lines.iter().filter(|line| line.utr.as_ref() == Some(&utr)).map(|line| line.net_minor);
        assert_eq!(by_transfer.get(&utr), Some(&of_it.sum()), "{utr}: {statement}");
    }
    Held
}

async fn by_file(s: &Stand<'_>) -> Verdict {
    if s.provider.settlement_file().is_none() {
        return NotOffered("its lines come by API, and sweeps read its list of refunds");
    }
    let payment = s.paid().await;
    s.t.passes(days(10)).await;
    s.dial_always(Op::Webhook, Fault::WebhookDrop);
    let there = payment.provider_tries().await;
    let (id, _) = there.iter().find(|(_, status)| status == "captured").expect("it was captured");
    let body = json!({ "payment_id": id, "amount": 10_000 });
    s.t.asks(s.card().id, "/sim/control/refund", &body).expect("there is a dashboard");
    s.t.passes(days(10)).await;
    let bytes = file(s, "settlement_file").expect("it gives one out");
    assert_eq!(payment.reads().await["amount_refunded"], 0, "nobody told");
    let reads = async || {
        let (app, shop) = (s.t.app(), &s.shop);
        settlements::read_file(app, shop.scope, &operator(), shop.connection, &bytes)
            .await
            .expect("it is read")
    };
    let first = reads().await;
    assert_eq!(first.found + first.questions.len(), 1, "{first:?}");
    if first.found == 0 {
        assert_eq!(payment.reads().await["amount_refunded"], 0, "a file moves nothing");
        return NotOffered("its line says too little of a refund to ask about it, and is left for a person");
    }
    s.t.settles().await;
    assert_eq!(payment.reads().await["amount_refunded"], 10_000);
    let again = reads().await;
    assert_eq!((again.found, again.known, again.questions.len()), (0, again.lines, 0), "{again:?}");
    assert_eq!(payment.all_refunds().await.len(), 1);
    Held
}
