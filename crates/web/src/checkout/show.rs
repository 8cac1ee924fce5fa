//! The payer's page, filled from what they face.

use super::emi;
use super::facing::{Facing, facing, may_choose_again};
use super::handle::{Handle, web_address};
use crate::browser::{Guests, page};
use crate::fields::address;
use crate::limits;
use crate::pages::checkout::{
    Choice, Chrome, Ended, Failed, InDoubt, Instalments, Late, Live, MoneyTaken, Opening, Paid, Pay,
    PayRedirect, PayScript, PayUpi, PostButton, Qr, ScriptJson, Step, Taken,
};
use crate::pages::format::{ist, ist_clock, ist_date, ist_day};
use crate::pages::parts::Fact;
use axum::response::Response;
use http::StatusCode;
use hundi_app::checkout::{Till, Unfit, Way, qr, simulated_payer};
use hundi_app::connections::{Flow, script_origins};
use hundi_app::methods::{CONSENT_TEXT, SavedMethod};
use hundi_app::payments::Payment;
use hundi_app::{App, Error};
use hundi_core::order::LateSuccess;
use hundi_core::time::days;
use hundi_core::{FailureReason, Method, Millis};
use std::sync::Arc;
use url::Url;

pub(super) use super::facing::Wanted;

/// One answer to a payer.
pub(super) struct Showing<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) product: &'a str,
    pub(super) token: &'a str,
    pub(super) nonce: &'a str,
    /// Straight on to the provider's page: the payer has just asked for it.
    pub(super) go: bool,
    /// A saved method was taken away just now.
    pub(super) removed: bool,
}

impl Showing<'_> {
    pub(super) async fn till(&self, till: &Till, wanted: Wanted) -> Response {
        let facing = facing(till, wanted, self.app.now());
        let live = self.live(&facing);
        match facing {
            Facing::Paid(p) => self.paid(till, p, Taken::Captured),
            Facing::Held(p) => self.paid(till, p, Taken::Held),
            Facing::InDoubt(p) => self.in_doubt(till, p, live),
            Facing::Expired => {
                let late = match till.order.late_success {
                    LateSuccess::Refund => Late::Refunded,
                    LateSuccess::Accept => Late::Accepted,
                };
                let chrome = self.chrome(till, None);
                page(StatusCode::OK, &Ended::expired(chrome, &order(till), late, shop_url(till, None)))
            }
            Facing::Cancelled => {
                let chrome = self.chrome(till, None);
                page(StatusCode::OK, &Ended::cancelled(chrome, &order(till), shop_url(till, None)))
            }
            Facing::Opening(p) => {
                let (chrome, provider) = self.chrome_of(till, p);
                let (order, provider) = (order(till), provider.to_owned());
                page(StatusCode::OK, &Opening { chrome, order, provider, live })
            }
            Facing::Paying(p, handle) => self.paying(till, p, handle, live),
            Facing::Failed(p, reason) => self.failed(till, p, reason),
            Facing::Choose { notice } => {
                let plans = emi::instalments(self.app, till, &self.path()).await;
                self.choose(till, notice, plans)
            }
            Facing::Unpayable(unfit) => {
                let what = match unfit {
                    Unfit::Currency => "currency",
                    Unfit::Amount | Unfit::NobodyConnected => "amount",
                };
                let chrome = self.chrome(till, None);
                page(StatusCode::OK, &Ended::unpayable(chrome, &order(till), what, shop_url(till, None)))
            }
            Facing::Unavailable => {
                let chrome = self.chrome(till, None);
                let (retry, shop) = (Some(self.path()), shop_url(till, None));
                page(StatusCode::SERVICE_UNAVAILABLE, &Ended::unavailable(chrome, &order(till), retry, shop))
            }
        }
    }

    fn path(&self) -> String {
        format!("/pay/{}", self.token)
    }

    fn live(&self, facing: &Facing<'_>) -> Live {
        Live {
            poll_url: format!("{}/state", self.path()),
            state: facing.word().to_owned(),
            page_url: self.path(),
        }
    }

    /// `run_by` is the provider, where one is at work.
    fn chrome(&self, till: &Till, run_by: Option<&str>) -> Chrome {
        Chrome {
            merchant: till.merchant.name.clone(),
            about: till.order.description.clone().unwrap_or_default(),
            amount: till.order.amount.shown(),
            brand: None,
            nonce: self.nonce.to_owned(),
            test: !till.order.scope.mode().is_live(),
            run_by: run_by.unwrap_or_default().to_owned(),
            leave: None,
        }
    }

    fn chrome_of(&self, till: &Till, p: &Payment) -> (Chrome, &'static str) {
        let provider = till.connection_of(p).map_or("the provider", |(_, card)| card.name);
        (self.chrome(till, Some(provider)), provider)
    }

    fn choose(&self, till: &Till, notice: &str, emi: Option<Instalments>) -> Response {
        let first = till.ways.first().map(|way| way.card.name);
        let one = first.filter(|name| till.ways.iter().all(|way| way.card.name == *name));
        let mut ways: Vec<&Way> = till.ways.iter().collect();
        // UPI is how most of India pays.
        ways.sort_by_key(|way| match way.flow {
            Flow::UpiIntent => 0,
            Flow::Script => 1,
            Flow::Redirect => 2,
        });
        let upi_apart = ways.iter().any(|way| way.flow == Flow::UpiIntent);
        let saved = till.saved.iter().map(|method| self.saved(till, method));
        let choices = saved.chain(ways.iter().map(|way| self.choice(way, upi_apart))).collect();
        let leave = till.payments.is_empty().then(|| shop_url(till, None)).flatten();
        let view = Pay {
            chrome: Chrome { leave, ..self.chrome(till, one) },
            order: order(till),
            pay_before: till.order.expires_at.map(|at| pay_before(at, self.app.now())).unwrap_or_default(),
            lines: Vec::new(),
            choices,
            emi,
            done: if self.removed { REMOVED } else { "" },
            notice: notice.to_owned(),
            key: self.app.nonce(),
        };
        page(StatusCode::OK, &view)
    }

    fn choice(&self, way: &Way, upi_apart: bool) -> Choice {
        let (method, label, note, sentence, button) = match way.flow {
            Flow::UpiIntent => (
                Method::Upi,
                "UPI".to_owned(),
                "Any UPI app, or scan a code".to_owned(),
                "Your UPI app opens with the amount filled in. On a computer you scan a code.",
                "Pay by UPI".to_owned(),
            ),
            Flow::Script => (
                Method::Card,
                listed(way, upi_apart),
                format!("In {}’s window", way.card.name),
                "The payment window opens over this page.",
                "Continue".to_owned(),
            ),
            Flow::Redirect => (
                Method::Other,
                format!("{}’s payment page", way.card.name),
                "Every method it offers".to_owned(),
                "You pay on its page and come back here. Works without JavaScript.",
                format!("Continue to {}", way.card.name),
            ),
        };
        Choice {
            method,
            flow: way.flow.as_str(),
            label,
            note,
            sentence: sentence.to_owned(),
            button,
            action: format!("{}/start", self.path()),
            consent: if way.keeps { CONSENT_TEXT } else { "" },
            saved: String::new(),
            forget: None,
        }
    }

    /// What the customer has saved: charged at once, with nothing more to type.
    fn saved(&self, till: &Till, method: &SavedMethod) -> Choice {
        let expiry = match (method.expiry_month, method.expiry_year) {
            (Some(month), Some(year)) => format!("Saved, expires {month:02}/{:02}", year % 100),
            (Some(_) | None, _) => "Saved".to_owned(),
        };
        Choice {
            method: method.method,
            flow: "saved",
            label: saved_name(method),
            note: expiry,
            sentence: format!(
                "It is charged at once. You agreed on {} that it is kept for you.",
                ist_date(method.consent_at)
            ),
            button: format!("Pay {}", till.order.amount.shown()),
            action: format!("{}/start", self.path()),
            consent: "",
            saved: method.id.to_string(),
            forget: Some(PostButton {
                url: format!("{}/forget", self.path()),
                fields: vec![("saved", method.id.to_string())],
                button: format!("Remove {}", saved_name(method)),
            }),
        }
    }

    fn paying(&self, till: &Till, p: &Payment, handle: Handle, live: Live) -> Response {
        let (chrome, provider) = self.chrome_of(till, p);
        let provider = provider.to_owned();
        let other_url = may_choose_again(till).then(|| address(&self.path(), &[("other", "1")]));
        let order = order(till);
        match handle {
            Handle::Script { src, global, options } => {
                let connection = till.connection_of(p).map(|(row, _)| row);
                let mut guests = connection.map_or_else(Vec::new, |row| script_origins(self.app, row));
                guests.push(src.clone());
                let by_page = till.ways.iter().any(|way| way.flow == Flow::Redirect) && other_url.is_some();
                let redirect = by_page.then(|| self.start(Flow::Redirect, "Pay on its own page instead"));
                let view = PayScript {
                    chrome,
                    order,
                    provider,
                    script_url: src,
                    global,
                    options: ScriptJson::new(&options),
                    redirect,
                    other_url,
                    live,
                };
                let mut response = page(StatusCode::OK, &view);
                response.extensions_mut().insert(Guests(guests));
                response
            }
            Handle::Redirect { url } => page(
                StatusCode::OK,
                &PayRedirect { chrome, order, provider, url, fields: None, go: self.go, other_url, live },
            ),
            Handle::Form { action, fields } => {
                let (url, fields) = (action.clone(), Some(fields));
                let view = PayRedirect { chrome, order, provider, url, fields, go: self.go, other_url, live };
                let mut response = page(StatusCode::OK, &view);
                response.extensions_mut().insert(Guests(vec![action]));
                response
            }
            Handle::Upi { link } => {
                let code = qr(&link);
                let drawn =
                    code.map_or_else(|| Qr::of(0, |_, _| false), |m| Qr::of(m.size(), |x, y| m.dark(x, y)));
                let seconds_left = seconds_until(p.expires_at, self.app.now());
                let simulated = simulated_payer(self.app, till, p, Method::Upi);
                let view =
                    PayUpi { chrome, order, link, simulated, qr: drawn, seconds_left, other_url, live };
                page(StatusCode::OK, &view)
            }
        }
    }

    fn start(&self, flow: Flow, button: &str) -> PostButton {
        PostButton {
            url: format!("{}/start", self.path()),
            fields: vec![("flow", flow.as_str().to_owned()), ("key", self.app.nonce())],
            button: button.to_owned(),
        }
    }

    fn paid(&self, till: &Till, p: &Payment, taken: Taken) -> Response {
        let (chrome, _) = self.chrome_of(till, p);
        let view = Paid { chrome, taken, facts: facts(till, p), shop_url: shop_url(till, Some(p)) };
        page(StatusCode::OK, &view)
    }

    fn in_doubt(&self, till: &Till, p: &Payment, live: Live) -> Response {
        let (chrome, provider) = self.chrome_of(till, p);
        let step = |done, sentence: String, at: Option<Millis>| Step {
            done,
            sentence,
            at: at.map(ist).unwrap_or_default(),
        };
        let view = InDoubt {
            steps: vec![
                step(true, format!("The payment was sent to {provider}"), Some(p.created_at)),
                step(false, format!("{provider} did not answer clearly"), p.state.in_doubt_since()),
                step(false, "We keep asking for the result".to_owned(), None),
            ],
            next_check_seconds: p.next_poll_at.map_or(0, |at| seconds_until(at, self.app.now())),
            returns_by: String::new(),
            reference: bank_ref(p).unwrap_or_else(|| p.our_ref.as_str()).to_owned(),
            check_url: format!("{}/check", self.path()),
            live,
            chrome,
        };
        page(StatusCode::OK, &view)
    }

    fn failed(&self, till: &Till, p: &Payment, reason: FailureReason) -> Response {
        let (chrome, provider) = self.chrome_of(till, p);
        let payable = till.order.status.can_be_paid();
        let free = (!p.status().is_open() || may_choose_again(till)) && till.may_retry;
        let other_url =
            (payable && free && !till.ways.is_empty()).then(|| address(&self.path(), &[("other", "1")]));
        let flow = p.flow.parse::<Flow>().ok().filter(|flow| till.ways.iter().any(|way| way.flow == *flow));
        // The one that is open is gone on with; another is begun only within the limits.
        let goes_on = payable && (till.may_retry || p.status().is_open());
        let again = flow.filter(|_| goes_on).map(|flow| self.start(flow, "Try the same way again"));
        let until = till.order.expires_at.map(|at| format!("This order can be paid until {}.", ist(at)));
        let mut facts = vec![Fact::text("Order", order(till)), Fact::text("Tried with", provider)];
        if let Some(bank) = bank_ref(p) {
            facts.push(Fact::id("Bank reference", bank));
        }
        let view = Failed {
            chrome,
            reason: reason.title().to_owned(),
            advice: reason.advice().to_owned(),
            money_taken: money_taken(p),
            other_url,
            again,
            left: if payable && !goes_on { NO_MORE_TRIES.to_owned() } else { until.unwrap_or_default() },
            facts,
            shop_url: shop_url(till, Some(p)),
        };
        page(StatusCode::OK, &view)
    }

    /// Nothing is known of the order, or could be read.
    pub(super) fn refused(&self, error: &Error) -> Response {
        let chrome = Chrome {
            merchant: self.product.to_owned(),
            about: String::new(),
            amount: String::new(),
            brand: None,
            nonce: self.nonce.to_owned(),
            test: false,
            run_by: String::new(),
            leave: None,
        };
        if matches!(error, Error::NotFound { .. }) {
            return page(StatusCode::NOT_FOUND, &Ended::no_such(chrome));
        }
        if let Error::RateLimited(standing) = error {
            let ended = Ended::too_often(chrome, standing.wait_secs(), Some(self.path()));
            return limits::refused(page(StatusCode::TOO_MANY_REQUESTS, &ended), error);
        }
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        page(status, &Ended::trouble(chrome, Some(self.path())))
    }
}

const REMOVED: &str = "Removed. It is charged no more, and the provider is told to forget it.";
const NO_MORE_TRIES: &str = "It was tried as often as can be. Ask the shop for a new order.";

/// The merchant's own reference, or ours.
fn order(till: &Till) -> String {
    till.order.receipt.clone().unwrap_or_else(|| till.order.id.to_string())
}

/// `Card, netbanking, wallet`: what a provider's window offers.
fn listed(way: &Way, upi_apart: bool) -> String {
    let shown = way.card.methods.iter().filter(|m| !(upi_apart && **m == Method::Upi)).take(3);
    let names: Vec<String> = shown.enumerate().map(|(i, m)| in_a_row(i, *m)).collect();
    let more = way.card.methods.len() > names.len();
    format!("{}{}", names.join(", "), if more { " and more" } else { "" })
}

/// A capital at the beginning only; names made of capitals keep them.
fn in_a_row(i: usize, method: Method) -> String {
    let name = method.shown();
    let keeps = i == 0 || name.chars().all(|c| !c.is_lowercase());
    if keeps { name.to_owned() } else { name.to_lowercase() }
}

/// `13:57` today, with its day otherwise.
fn pay_before(at: Millis, now: Millis) -> String {
    let today = ist_day(at) == ist_day(now) && at.since(now) < days(1);
    if today { ist_clock(at)[..5].to_owned() } else { ist(at) }
}

fn seconds_until(at: Millis, now: Millis) -> u64 {
    u64::try_from(at.since(now) / 1000).unwrap_or(0)
}

/// Back to the shop: the address that the merchant gave with the order, and the ids of what to look up there. Never
/// the status: whoever can type an address could type that too.
pub(super) fn shop_url(till: &Till, payment: Option<&Payment>) -> Option<String> {
    let given = till.order.return_url.as_deref()?;
    let mut url = Url::parse(&web_address(given, till.order.scope.mode())?).ok()?;
    url.query_pairs_mut().append_pair("order_id", &till.order.id.to_string());
    if let Some(payment) = payment {
        url.query_pairs_mut().append_pair("payment_id", &payment.id.to_string());
    }
    Some(url.to_string())
}

fn bank_ref(p: &Payment) -> Option<&str> {
    p.state.tries().filter_map(|(_, t)| t.detail.bank_ref.as_deref()).last()
}

fn facts(till: &Till, p: &Payment) -> Vec<Fact> {
    let mut facts = vec![Fact::text("Order", order(till))];
    let told = p.state.tries().find(|(_, t)| t.captured.is_some() || t.authorized.is_some());
    if let Some((_, t)) = told {
        let with = [t.detail.method.map(Method::shown), t.detail.instrument.as_deref()];
        let with = with.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if !with.is_empty() {
            facts.push(Fact::text("Paid with", with));
        }
        facts.push(Fact::text("When", ist(t.captured.map_or(t.first_at, |c| c.at))));
    }
    if let Some(bank) = bank_ref(p) {
        facts.push(Fact::id("Bank reference", bank));
    }
    facts.push(Fact::id("Reference", p.our_ref.as_str()));
    facts
}

/// "No money was taken" is said only where nothing can have been: the opening was refused, or every try was turned
/// down by a bank or a check before money moved. A try that was broken off may still go through.
fn money_taken(p: &Payment) -> MoneyTaken {
    let turned_down = |reason: FailureReason| match reason {
        FailureReason::InsufficientFunds
        | FailureReason::AuthenticationFailed
        | FailureReason::LimitExceeded
        | FailureReason::DeclinedByBank
        | FailureReason::InstrumentInvalid
        | FailureReason::InstrumentExpired
        | FailureReason::InstrumentBlocked
        | FailureReason::NotEnabled
        | FailureReason::RiskRefused
        | FailureReason::ProviderRefused => true,
        FailureReason::UserCancelled
        | FailureReason::BankDown
        | FailureReason::TimedOut
        | FailureReason::ProviderError
        | FailureReason::Unrecognised => false,
    };
    let mut tries = p.state.tries().map(|(_, t)| t).peekable();
    let proved = match (tries.peek(), p.state.refused) {
        (None, refused) => refused.is_some_and(|r| turned_down(r.reason)),
        (Some(_), _) => tries.all(|t| {
            let failed = t.failure.is_some_and(|(_, reason)| turned_down(reason));
            failed && t.authorized.is_none() && t.captured.is_none()
        }),
    };
    if proved { MoneyTaken::ProvedNot } else { MoneyTaken::NotKnown }
}

/// `Visa ••1007`, or what stands for it.
pub(crate) fn saved_name(method: &SavedMethod) -> String {
    let last4 = method.last4.as_ref().map(|last4| format!("••{last4}"));
    let network = method.network.clone().unwrap_or_else(|| method.method.shown().to_owned());
    [Some(network), last4.or_else(|| method.label.clone())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}
