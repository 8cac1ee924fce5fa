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
