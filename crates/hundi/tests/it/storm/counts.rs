//! How much a storm was: the row of the table in docs/reliability.md.

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub orders: usize,
    pub paid: usize,
    pub payments: usize,
    pub captures: usize,
    pub refunds: usize,
    pub discrepancies: usize,
    pub events: usize,
    pub messages: usize,
    pub refused: usize,
}

impl Counts {
    /// Another world's.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.orders, other.orders),
            (&mut self.paid, other.paid),
            (&mut self.payments, other.payments),
            (&mut self.captures, other.captures),
            (&mut self.refunds, other.refunds),
            (&mut self.discrepancies, other.discrepancies),
            (&mut self.events, other.events),
            (&mut self.messages, other.messages),
            (&mut self.refused, other.refused),
        ] {
            *sum += more;
        }
    }
}
