//! Every statement there is. A test prepares each on both engines and compares what they take and give.

use crate::{
    Stmt, alarms, audit, connections, customers, deliveries, discrepancies, endpoints, events, fallbacks,
    figures, history, idempotency, jobs, ledger, metadata, migrate, notices, orders, payments, people, pg,
    policies, refunds, rehearsals, replays, resends, routing, saved_methods, settings, sweeps, verify,
};

/// Each file's statements. A new table group adds its line here.
pub static ALL: &[(&str, &[&Stmt])] = &[
    ("migrate", migrate::ALL),
    ("pg", pg::ALL),
    ("alarms", alarms::ALL),
    ("audit", audit::ALL),
    ("connections", connections::ALL),
    ("customers", customers::ALL),
    ("deliveries", deliveries::ALL),
    ("discrepancies", discrepancies::ALL),
    ("endpoints", endpoints::ALL),
    ("events", events::ALL),
    ("fallbacks", fallbacks::ALL),
    ("figures", figures::ALL),
    ("history", history::ALL),
    ("idempotency", idempotency::ALL),
    ("jobs", jobs::ALL),
    ("ledger", ledger::ALL),
    ("metadata", metadata::ALL),
    ("notices", notices::ALL),
    ("orders", orders::ALL),
    ("orders", orders::LISTS),
    ("payments", payments::ALL),
    ("payments", payments::CAPTURES),
    ("payments", payments::LISTS),
    ("people", people::ALL),
    ("policies", policies::ALL),
    ("refunds", refunds::ALL),
    ("rehearsals", rehearsals::ALL),
    ("refunds", refunds::LISTS),
    ("replays", replays::ALL),
    ("resends", resends::ALL),
    ("routing", routing::ALL),
    ("saved methods", saved_methods::ALL),
    ("settings", settings::ALL),
    ("sweeps", sweeps::ALL),
    ("verify, books", verify::BOOKS),
    ("verify, money", verify::MONEY),
    ("verify, states", verify::STATES),
    ("verify, messages", verify::MESSAGES),
    ("verify, methods", verify::METHODS),
    ("verify, fallback", verify::FALLBACK),
    ("verify, engine", verify::ENGINE),
];

#[cfg(test)]
mod tests;
