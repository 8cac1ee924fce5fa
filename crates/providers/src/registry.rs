//! Every provider there is, one line each.

use crate::cashfree::Cashfree;
use crate::cashfree::sim::CashfreeSim;
use crate::contract::Provider;
use crate::hdfc::Hdfc;
use crate::hdfc::sim::HdfcSim;
use crate::paypal::PayPal;
use crate::paypal::sim::PayPalSim;
use crate::paytm::Paytm;
use crate::paytm::sim::PaytmSim;
use crate::phonepe::PhonePe;
use crate::phonepe::sim::PhonePeSim;
use crate::razorpay::Razorpay;
use crate::razorpay::sim::RazorpaySim;
use crate::sim::Simulator;

/// A provider, and what stands in for it in test mode.
struct Listed {
    provider: &'static dyn Provider,
    /// An empty world from a seed: two of the same seed that are called alike answer alike.
    simulator: fn(u64) -> Box<dyn Simulator>,
}

const ALL: &[Listed] = &[
    Listed { provider: &Razorpay, simulator: |seed| Box::new(RazorpaySim::new(seed)) },
    Listed { provider: &Hdfc, simulator: |seed| Box::new(HdfcSim::new(seed)) },
    Listed { provider: &PayPal, simulator: |seed| Box::new(PayPalSim::new(seed)) },
    Listed { provider: &Paytm, simulator: |seed| Box::new(PaytmSim::new(seed)) },
    Listed { provider: &PhonePe, simulator: |seed| Box::new(PhonePeSim::new(seed)) },
    Listed { provider: &Cashfree, simulator: |seed| Box::new(CashfreeSim::new(seed)) },
];

pub fn all() -> impl Iterator<Item = &'static dyn Provider> {
    ALL.iter().map(|listed| listed.provider)
}

/// By [`crate::Card::id`].
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    all().find(|p| p.card().id == id)
}

/// A simulated provider by its id: an empty world from a seed.
pub fn simulator(id: &str, seed: u64) -> Option<Box<dyn Simulator>> {
    let listed = ALL.iter().find(|listed| listed.provider.card().id == id)?;
    Some((listed.simulator)(seed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{SimMerchant, SimRequest};
    use hundi_core::Millis;
    use hundi_core::time::{days, hours};
    use serde_json::{Value, json};

    const START: Millis = Millis(1_795_248_000_000);

    fn asked(
        sim: &mut dyn Simulator,
        method: &str,
        target: &str,
        body: &Value,
        now: Millis,
    ) -> (u16, Vec<u8>) {
        let request = SimRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            base_url: "http://127.0.0.1:4010".to_owned(),
        };
        let answer = sim.handle(&request, now);
        (answer.status, answer.body)
    }

    /// Payments over three days, and a week later everything that can be asked for: history, settlements, bank.
    fn plays(id: &str, seed: u64) -> Vec<Vec<u8>> {
        let mut sim = simulator(id, seed).expect("it is listed");
        let credentials = sim.demo_credentials(1);
        let mut who = json!({});
        for (name, value) in &credentials {
            who[name.as_str()] = json!(value.expose());
        }
        let currency = find(id).expect("it is listed").card().currencies[0];
        sim.put_merchant(&SimMerchant {
            credentials: credentials.clone(),
            name: "Chai & Co".to_owned(),
            webhook_url: None,
            webhook_secret: None,
        });
        let mut now = START;
        for n in 0..6 {
            let mut body = who.clone();
            body["amount"] = json!(100_000 + 12_345 * n);
            body["currency"] = json!(currency);
            let (status, said) = asked(&mut sim, "POST", "/sim/control/foreign_payment", &body, now);
            assert_eq!(status, 200, "{id}: {}", String::from_utf8_lossy(&said));
            now = now.plus(hours(12));
        }
        now = now.plus(days(8));
        let told = |sim: &mut dyn Simulator, path: &str| {
            // Whichever of its public names the simulator goes by.
            let targets = credentials.iter().map(|(n, v)| format!("/sim/control/{path}?{n}={}", v.expose()));
            let mut all = targets.map(|target| asked(sim, "GET", &target, &Value::Null, now));
            all.find(|(status, body)| *status == 200 && body.len() > 200).map(|(_, body)| body)
        };
        let journal = format!("{:?}", sim.journal()).into_bytes();
        let bank = told(&mut sim, "bank_statement").unwrap_or_else(|| panic!("{id} has no bank statement"));
        let file = told(&mut sim, "settlement_file").unwrap_or_default();
        vec![journal, bank, file]
    }

    #[test]
    fn one_seed_and_one_history_give_the_same_bytes() {
        for id in all().map(|p| p.card().id) {
            let (once, again, other) = (plays(id, 7), plays(id, 7), plays(id, 8));
            assert_eq!(once, again, "{id}");
            assert!(once.concat() != other.concat() || id == "phonepe", "{id} does not listen to its seed");
        }
    }
}
