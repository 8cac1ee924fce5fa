//! The judgement after a storm: what the providers did, what our database says, what the merchant's server heard and
//! what its clients were told have to be one story. It reads the simulators' journals and our rows side by side and
//! shares no code with what wrote them. The checks carry the names of SAFETY's witnesses, W1 to W9.

use super::counts::Counts;
use super::life::Life;
use super::stage::Stage;
use hundi_core::time::minutes;
use hundi_providers::sim::JournalLine;
use hundi_store::verify::{Options, verify};
use hundi_store::{DbError, Reader, Stmt};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// Judges a world at rest. What does not fit is told to the stage.
pub async fn judges(stage: &Arc<Stage>, lives: &[Arc<Life>]) -> Counts {
    let (there, here) = (There::read(stage), Here::read(stage).await);
    captures(stage, &there, &here);
    refunds(stage, &there, &here);
    payments(stage, &there, &here);
    orders(stage, &here);
    ledger(stage, &there).await;
    receiver(stage, &here);
    clients(stage, &here, lives);
    left_over(stage).await;
    unreadable(stage).await;
    proof(stage).await;
    Counts {
        orders: here.orders.len(),
        paid: here.orders.values().filter(|o| o.status == "paid").count(),
        payments: here.payments.len(),
        captures: here.captures.len(),
        refunds: here.refunds.iter().filter(|r| r.status == "processed").count(),
        discrepancies: here.questioned.len(),
        events: here.events.len(),
        messages: number(stage, &MESSAGES).await,
        refused: number(stage, &REFUSED_MESSAGES).await,
    }
}

/// What the providers' journals say of our payments. Without a reference it is somebody else's money.
struct There {
    captured: Vec<JournalLine>,
    accepted: Vec<JournalLine>,
    processed: Vec<JournalLine>,
    /// Refunds that failed after they had been processed.
    failed: HashSet<String>,
}

impl There {
    fn read(stage: &Stage) -> Self {
        let mut all = Vec::new();
        for simulator in stage.simulators.values() {
            all.extend(simulator.lock().unwrap_or_else(PoisonError::into_inner).journal().to_vec());
        }
        let of = |what: &str| all.iter().filter(|l| l.what == what).cloned().collect::<Vec<_>>();
        let captured: Vec<_> = of("captured").into_iter().filter(|l| !l.our_ref.is_empty()).collect();
        let failed = of("refund_failed").into_iter().map(|l| l.id).collect();
        Self { captured, accepted: of("refund_accepted"), processed: of("refund_processed"), failed }
    }
}

struct Order {
    status: String,
    minor: i64,
}

struct Payment {
    id: String,
    order: String,
    our_ref: String,
    captured: i64,
    refunded: i64,
}

struct Refund {
    id: String,
    order: String,
    provider_refund: Option<String>,
    minor: i64,
    status: String,
}

/// What our database says.
struct Here {
    orders: BTreeMap<String, Order>,
    payments: Vec<Payment>,
    /// By the provider's id: payment, order, amount.
    captures: BTreeMap<String, (String, String, i64)>,
    refunds: Vec<Refund>,
    /// Orders with a discrepancy, open or closed.
    questioned: BTreeSet<String>,
    /// Event and merchant.
    events: Vec<(String, String)>,
}

macro_rules! statements {
    ($($name:ident = $sql:literal;)*) => {
        $(static $name: Stmt = Stmt::new(concat!("storm::", stringify!($name)), $sql, None);)*
    };
}

statements! {
    ORDERS = "SELECT id, status, amount FROM iv_order";
    PAYMENTS = "SELECT id, order_id, our_ref, captured_minor, refunded_minor FROM payment";
    CAPTURES = "SELECT provider_capture_id, payment_id, order_id, amount FROM iv_capture";
    REFUNDS = "SELECT id, order_id, provider_refund, amount_minor, status FROM refund";
    QUESTIONED = "SELECT DISTINCT order_id FROM iv_discrepancy WHERE order_id IS NOT NULL";
    EVENTS = "SELECT id, merchant_id FROM event WHERE object_type <> 'endpoint'";
    MESSAGES = "SELECT COUNT(*) AS n FROM iv_inbox";
    REFUSED_MESSAGES = "SELECT COUNT(*) AS n FROM iv_inbox WHERE verified = 0";
    HELD = "SELECT currency, balance FROM iv_account WHERE account LIKE 'provider:%' AND book <> 'platform'";
    DOUBTED = "SELECT p.order_id, p.id || ' ' || p.status FROM payment p WHERE p.in_doubt_ms IS NOT NULL";
    UNDER_WAY = "SELECT order_id, id || ' ' || status FROM refund WHERE status IN ('requested', 'processing') \
                 OR in_doubt_ms IS NOT NULL";
    OPEN = "SELECT order_id, id || ' ' || status FROM iv_attempt WHERE status IN ('sending', 'pending', 'unknown')";
    RUNNING = "SELECT '' AS order_id, idem_key FROM iv_idem WHERE state = 'running'";
    UNDONE = "SELECT '' AS order_id, kind || ' ' || key || ' ' || state FROM iv_job WHERE state IN ('dead', 'leased')";
    UNDELIVERED = "SELECT '' AS order_id, id || ' ' || state FROM iv_delivery WHERE state <> 'delivered'";
    UNREAD = "SELECT '' AS order_id, id || ' ' || state FROM iv_inbox WHERE state NOT IN ('done', 'refused', 'failed')";
    UNREADABLE = "SELECT COUNT(*) AS n FROM iv_inbox WHERE state = 'failed'";
}

async fn rows<T>(
    stage: &Stage,
    statement: &'static Stmt,
    read: impl Fn(&mut Reader<'_>) -> Result<T, DbError>,
) -> Vec<T> {
    let store = &stage.nodes[0].0.store;
    let all = store.read(async move |tx| tx.all(statement, Vec::new()).await).await;
    let all = all.unwrap_or_else(|error| panic!("{}: {error}", statement.name));
    all.iter().map(|row| read(&mut row.read()).unwrap_or_else(|e| panic!("{e}"))).collect()
}

async fn number(stage: &Stage, statement: &'static Stmt) -> usize {
    let all = rows(stage, statement, |r| r.get::<i64>()).await;
    usize::try_from(all[0]).unwrap_or(0)
}

impl Here {
    async fn read(stage: &Stage) -> Self {
        let orders =
            rows(stage, &ORDERS, |r| Ok((r.get()?, Order { status: r.get()?, minor: r.get()? }))).await;
        let captures = rows(stage, &CAPTURES, |r| Ok((r.get()?, (r.get()?, r.get()?, r.get()?)))).await;
        let payment = |r: &mut Reader<'_>| {
            Ok(Payment {
                id: r.get()?,
                order: r.get()?,
                our_ref: r.get()?,
                captured: r.get()?,
                refunded: r.get()?,
            })
        };
        let refund = |r: &mut Reader<'_>| {
            Ok(Refund {
                id: r.get()?,
                order: r.get()?,
                provider_refund: r.get()?,
                minor: r.get()?,
                status: r.get()?,
            })
        };
        Self {
            orders: orders.into_iter().collect(),
            payments: rows(stage, &PAYMENTS, payment).await,
            captures: captures.into_iter().collect(),
            refunds: rows(stage, &REFUNDS, refund).await,
            questioned: rows(stage, &QUESTIONED, |r| r.get()).await.into_iter().collect(),
            events: rows(stage, &EVENTS, |r| Ok((r.get()?, r.get()?))).await,
        }
    }
}

/// W1, W2, W3: the providers' captures are ours one to one, and a reference was charged once, or is questioned.
fn captures(stage: &Stage, there: &There, here: &Here) {
    let mut known = HashSet::new();
    let order_of: HashMap<&str, &str> =
        here.payments.iter().map(|p| (p.our_ref.as_str(), p.order.as_str())).collect();
    let mut charges: HashMap<&str, u32> = HashMap::new();
    for line in &there.captured {
        let order = order_of.get(line.our_ref.as_str()).copied().unwrap_or("nobody's");
        *charges.entry(&line.our_ref).or_default() += 1;
        if !known.insert(line.id.as_str()) {
            stage.breaks(format!("W3 {order}: {} was captured twice at the provider", line.id));
        }
        match here.captures.get(&line.id) {
            None => stage.breaks(format!("W1 {order}: {} of {} is not here", line.id, line.amount_minor)),
            Some((_, _, minor)) if *minor != line.amount_minor => {
                stage.breaks(format!("W1 {order}: {} is {} there, {minor} here", line.id, line.amount_minor));
            }
            Some(_) => {}
        }
    }
    for (our_ref, _) in charges.iter().filter(|(_, times)| **times > 1) {
        let order = order_of.get(our_ref).copied().unwrap_or("nobody's");
        if !here.questioned.contains(order) {
            stage.breaks(format!("W3 {order}: {our_ref} was charged more than once and nobody asked why"));
        }
    }
    for (id, (_, order, minor)) in here.captures.iter().filter(|(id, _)| !known.contains(id.as_str())) {
        stage.breaks(format!("W2 {order}: {id} of {minor} was never captured at a provider"));
    }
}

/// W4: the same of refunds; and no reference of ours was accepted twice.
fn refunds(stage: &Stage, there: &There, here: &Here) {
    let order_of = |id: &str| {
        let found = here.refunds.iter().find(|r| r.provider_refund.as_deref() == Some(id));
        found.map_or("nobody's", |r| r.order.as_str())
    };
    let mut ours: HashMap<&str, i64> = HashMap::new();
    for refund in here.refunds.iter().filter(|r| r.status == "processed") {
        match &refund.provider_refund {
            None => stage.breaks(format!("W4 {}: {} is processed without an id", refund.order, refund.id)),
            Some(id) if ours.insert(id, refund.minor).is_some() => {
                stage.breaks(format!("W4 {}: {id} stands here twice", refund.order));
            }
            Some(_) => {}
        }
    }
    let stands: Vec<_> = there.processed.iter().filter(|l| !there.failed.contains(&l.id)).collect();
    for line in &stands {
        match ours.remove(line.id.as_str()) {
            None => {
                let (id, of, minor) = (&line.id, &line.of, line.amount_minor);
                let order =
                    here.captures.get(of).map_or_else(|| order_of(id), |(_, order, _)| order.as_str());
                stage.breaks(format!(
                    "W4 {order}: {id} of {minor} (of {of}) was processed and is not so here"
                ));
            }
            Some(minor) if minor != line.amount_minor => {
                stage.breaks(format!("W4 {}: {} differs in amount", order_of(&line.id), line.id));
            }
            Some(_) => {}
        }
    }
    for id in ours.keys() {
        stage.breaks(format!("W4 {}: {id} was never processed at a provider", order_of(id)));
    }
    let mut accepted: HashMap<&str, u32> = HashMap::new();
    for line in there.accepted.iter().filter(|l| !l.our_ref.is_empty()) {
        *accepted.entry(&line.our_ref).or_default() += 1;
    }
    for (our_ref, times) in accepted.iter().filter(|(_, times)| **times > 1) {
        stage.breaks(format!("W4 the refund {our_ref} was accepted {times} times"));
    }
}

/// Captured and refunded amounts of each payment are the provider's.
fn payments(stage: &Stage, there: &There, here: &Here) {
    let mut captured: HashMap<&str, i64> = HashMap::new();
    for line in &there.captured {
        *captured.entry(&line.our_ref).or_default() += line.amount_minor;
    }
    let mut refunded: HashMap<&str, i64> = HashMap::new();
    for line in there.processed.iter().filter(|l| !there.failed.contains(&l.id)) {
        if let Some((payment, _, _)) = here.captures.get(&line.of) {
            *refunded.entry(payment).or_default() += line.amount_minor;
        }
    }
    for payment in &here.payments {
        let (order, id) = (&payment.order, &payment.id);
        let taken = captured.get(payment.our_ref.as_str()).copied().unwrap_or(0);
        if taken != payment.captured {
            stage.breaks(format!("W1 {order}: {id} captured {taken} there and {} here", payment.captured));
        }
        let given = refunded.get(id.as_str()).copied().unwrap_or(0);
        if given != payment.refunded {
            stage.breaks(format!("W4 {order}: {id} gave back {given} there and {} here", payment.refunded));
        }
    }
}

/// W3, W8: an order keeps what it cost and no more; who was charged is paid, or has it back, or somebody asks why.
fn orders(stage: &Stage, here: &Here) {
    let mut sums: HashMap<&str, (i64, i64)> = HashMap::new();
    for payment in &here.payments {
        let sum = sums.entry(&payment.order).or_default();
        sum.0 += payment.captured;
        sum.1 += payment.refunded;
    }
    for (id, order) in &here.orders {
        let (taken, given) = sums.get(id.as_str()).copied().unwrap_or((0, 0));
        let questioned = here.questioned.contains(id);
        if taken - given > order.minor && !questioned {
            stage.breaks(format!("W3 {id} of {} keeps {taken} less {given}", order.minor));
        }
        if given > taken && !questioned {
            stage.breaks(format!("W3 {id} gave back {given} of {taken}"));
        }
        if taken > given && order.status != "paid" && !questioned {
            stage.breaks(format!("W8 {id} is {} and was charged {taken} less {given}", order.status));
        }
        if order.status == "paid" && taken == 0 {
            stage.breaks(format!("W8 {id} is paid and nobody was charged"));
        }
    }
}

/// W9: what the providers hold is what the ledger says that they hold.
async fn ledger(stage: &Stage, there: &There) {
    let mut holds: BTreeMap<String, i64> = BTreeMap::new();
    for line in &there.captured {
        *holds.entry(line.currency.clone()).or_default() += line.amount_minor;
    }
    for line in there.processed.iter().filter(|l| !there.failed.contains(&l.id)) {
        *holds.entry(line.currency.clone()).or_default() -= line.amount_minor;
    }
    let mut says: BTreeMap<String, i64> = BTreeMap::new();
    for (currency, balance) in rows(stage, &HELD, |r| Ok((r.get::<String>()?, r.get::<i64>()?))).await {
        *says.entry(currency).or_default() += balance;
    }
    if holds != says {
        stage.breaks(format!("W9 the providers hold {holds:?} and the ledger says {says:?}"));
    }
}

/// W7: each merchant's server took every event of its own exactly once, and nothing that is not there.
fn receiver(stage: &Stage, here: &Here) {
    let url: HashMap<String, &str> =
        stage.merchants.iter().map(|m| (m.scope.merchant().to_string(), m.endpoint_url.as_str())).collect();
    let mut heard = stage.heard();
    for (event, merchant) in &here.events {
        let Some(url) = url.get(merchant) else { continue };
        let took = heard.remove(&((*url).to_owned(), event.clone())).unwrap_or_default();
        if took.taken != 1 {
            stage.breaks(format!("W7 {event} was taken {} times in {} tries", took.taken, took.tries));
        }
    }
    for (url, event) in heard.keys() {
        stage.breaks(format!("W7 {event} was heard at {url} and is not its event"));
    }
}

/// W6: whoever saw an order paid sees it paid.
fn clients(stage: &Stage, here: &Here, lives: &[Arc<Life>]) {
    for life in lives.iter().filter(|l| l.seen_paid()) {
        let order = life.order();
        let status = here.orders.get(&order).map(|o| o.status.as_str());
        if status != Some("paid") {
            stage.breaks(format!("W6 {order} was seen paid and is {status:?}"));
        }
    }
}

async fn left_over(stage: &Stage) {
    for (what, statement) in [
        ("left in doubt", &DOUBTED),
        ("refund left under way", &UNDER_WAY),
        ("left open", &OPEN),
        ("key left running", &RUNNING),
        ("job left undone", &UNDONE),
        ("delivery not made", &UNDELIVERED),
        ("message not worked on", &UNREAD),
    ] {
        let found = rows(stage, statement, |r| Ok((r.get::<String>()?, r.get::<String>()?))).await;
        for (order, id) in found.iter().take(5) {
            stage.breaks(format!("{what} {order}: {id} ({} in all)", found.len()));
        }
    }
}

/// Only what a stranger altered may be beyond reading, and stands before a person.
async fn unreadable(stage: &Stage) {
    let (failed, altered) = (number(stage, &UNREADABLE).await, stage.believed.load(Ordering::Relaxed));
    if failed > altered {
        stage.breaks(format!("{failed} messages could not be read, and {altered} were altered"));
    }
}

/// The product's own proof.
async fn proof(stage: &Arc<Stage>) {
    let app = &stage.nodes[0].0;
    hundi_app::follow::settle(app).await.expect("the followers follow");
    let options = Options { quiet: true, now: stage.now(), grace_ms: minutes(5) };
    let report = verify(&app.store, &options).await.expect("verify runs");
    if !report.is_clean() {
        stage.breaks(format!("hundi verify:\n{report}"));
    }
}
