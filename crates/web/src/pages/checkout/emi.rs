//! Plans to pay month by month: a table for each bank, read without script.

/// What banks offer for this amount, and the way on to where a plan is chosen: a form (POST) with `flow`, `method`,
/// `connection` and `key`.
#[derive(Clone, Debug)]
pub struct Instalments {
    /// `From ₹464.33 a month`
    pub note: String,
    pub banks: Vec<BankPlans>,
    /// Where the plan is chosen.
    pub sentence: String,
    /// `script` or `redirect`
    pub flow: &'static str,
    /// The connection whose provider listed them.
    pub connection: String,
    pub action: String,
    pub button: String,
}

/// One bank's plans.
#[derive(Clone, Debug)]
pub struct BankPlans {
    pub name: String,
    /// `From ₹464.33 a month`
    pub note: String,
    pub plans: Vec<PlanRow>,
}

/// One plan and what it comes to.
#[derive(Clone, Debug)]
pub struct PlanRow {
    pub months: u32,
    /// `15.99%`
    pub rate: String,
    pub monthly: String,
    pub total: String,
    /// Part of the total; empty where there is none.
    pub interest: String,
}
