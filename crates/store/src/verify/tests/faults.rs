//! One planted fault for each invariant at least: a change to a healthy book that nothing but `verify` would notice.

/// A fault in raw SQL. What forbids it is taken away first: foreign keys, checks and, where named, a unique index.
pub(super) struct Fault {
    /// The invariant that must tell of it.
    pub(super) breaks: &'static str,
    pub(super) sql: &'static str,
    /// SQLite's way past a unique index or key. On PostgreSQL all constraints are dropped.
    pub(super) unguard: &'static str,
}

const fn fault(breaks: &'static str, sql: &'static str) -> Fault {
    Fault { breaks, sql, unguard: "" }
}

const fn unguarded(breaks: &'static str, unguard: &'static str, sql: &'static str) -> Fault {
    Fault { breaks, sql, unguard }
}

pub(super) static FAULTS: &[Fault] = &[
    // Booked on one side only, on the wrong account, for too much; resting on nothing; lent by anybody.
    fault("L04", "UPDATE posting SET credit = 'bank' WHERE credit LIKE 'owed:%'"),
    fault("L04", "UPDATE posting SET debit = 'bank' WHERE debit = 'due_from_platform'"),
    fault("S60", "UPDATE fallback SET accepted_ms = NULL"),
    fault("S60", "UPDATE fallback SET accepted_ms = ended_ms + 1"),
    fault("S60", "UPDATE fallback SET ended_ms = ended_ms - 1"),
    fault("S61", "DELETE FROM setting WHERE name = 'platform_merchant'"),
    fault("S61", "UPDATE fallback SET mode = 'live'"),
    fault(
        "S62",
        "DELETE FROM entry WHERE id IN (SELECT e.id FROM entry e JOIN posting p ON p.entry_id = e.id \
         WHERE p.credit LIKE 'owed:%' AND e.kind = 'capture')",
    ),
    fault(
        "S62",
        "UPDATE posting SET debit = 'suspense' WHERE debit LIKE 'owed:%' AND entry_id IN (SELECT id FROM entry \
         WHERE kind = 'refund')",
    ),
    fault("S05", "UPDATE payment SET fallback_id = NULL"),
    fault("S63", "UPDATE exchange SET merchant_id = (SELECT MIN(id) FROM merchant)"),
    // The view that others read forgets one side.
    fault(
        "I01",
        "DROP VIEW iv_ledger_line; CREATE VIEW iv_ledger_line AS SELECT entry_id AS id, entry_id AS txn_id, \
         debit AS account_id, 'D' AS direction, amount_minor AS amount, currency FROM posting",
    ),
    fault("I02", "DELETE FROM posting WHERE entry_id = (SELECT MIN(id) FROM entry)"),
    fault("I03", "UPDATE posting SET amount_minor = 0 WHERE entry_id = (SELECT MIN(id) FROM entry)"),
    // A fold that lost a side, one that counted twice, one that was lost, and a watermark that ran ahead.
    fault("I04", "UPDATE balance SET credits = credits + 1 WHERE account = 'sales'"),
    fault("L11", "UPDATE balance SET debits = debits + 7, credits = credits + 7 WHERE account = 'sales'"),
    fault("I05", "UPDATE watermark SET pos = pos + 1 WHERE name = 'ledger'"),
    fault("I05", "DELETE FROM balance WHERE account = 'refunds'"),
    fault(
        "I06",
        "UPDATE posting SET debit = (SELECT 'provider:' || MAX(id) FROM connection) \
         WHERE debit = (SELECT 'provider:' || MIN(id) FROM connection)",
    ),
    fault("I06", "UPDATE entry SET mode = 'live' WHERE mode = 'test'"),
    fault("I07", "DELETE FROM entry WHERE id = (SELECT MIN(id) FROM entry WHERE kind = 'capture')"),
    fault(
        "I07",
        "INSERT INTO entry (id, book, mode, kind, source_type, source_id, nth, at_ms, created_ms, pos) \
         SELECT 'ent_twice', book, mode, kind, source_type, source_id, 2, at_ms, created_ms, NULL FROM entry \
         WHERE id = (SELECT MIN(id) FROM entry WHERE kind = 'capture')",
    ),
    fault("I07R", "DELETE FROM entry WHERE id = (SELECT MIN(id) FROM entry WHERE kind = 'refund')"),
    fault(
        "I07R",
        "UPDATE refund SET status = 'processed' WHERE id = (SELECT MIN(id) FROM refund WHERE status = 'failed')",
    ),
    fault("I08", "DELETE FROM capture WHERE id = (SELECT MIN(id) FROM capture)"),
    fault("I08", "UPDATE entry SET source_type = 'wish' WHERE id = (SELECT MIN(id) FROM entry)"),
    fault(
        "I09",
        "UPDATE posting SET amount_minor = amount_minor - 1 WHERE entry_id = (SELECT MIN(id) FROM entry \
         WHERE kind = 'capture')",
    ),
    fault(
        "I09",
        "UPDATE posting SET credit = 'suspense' WHERE entry_id = (SELECT MIN(id) FROM entry WHERE kind = 'capture')",
    ),
    fault(
        "I09R",
        "UPDATE posting SET amount_minor = amount_minor + 1 WHERE entry_id = (SELECT MIN(id) FROM entry \
         WHERE kind = 'refund')",
    ),
    fault(
        "I09R",
        "UPDATE posting SET debit = 'fees' WHERE entry_id = (SELECT MIN(id) FROM entry WHERE kind = 'refund')",
    ),
    fault(
        "L03",
        "UPDATE posting SET amount_minor = 1 WHERE entry_id IN (SELECT id FROM entry WHERE kind = 'refund_returned')",
    ),
    fault("L03", "UPDATE entry SET nth = 9 WHERE kind = 'refund_returned'"),
    fault(
        "L03",
        "INSERT INTO posting (entry_id, n, debit, credit, amount_minor, currency) \
         SELECT id, 2, 'sales', 'refunds', 5, 'INR' FROM entry WHERE kind = 'refund_returned'",
    ),
    fault(
        "L05",
        "UPDATE posting SET credit = 'bank' WHERE entry_id = (SELECT MIN(id) FROM entry WHERE kind = 'refund')",
    ),
    fault("L13", "UPDATE event SET pos = pos + 1000 WHERE pos = (SELECT MAX(pos) FROM event)"),
    fault("L13", "UPDATE entry SET pos = NULL WHERE pos = 2"),
    fault("L13Q", "UPDATE entry SET pos = NULL, created_ms = 1 WHERE pos = (SELECT MAX(pos) FROM entry)"),
    fault("L13Q", "UPDATE event SET pos = NULL, created_ms = 1 WHERE pos = (SELECT MAX(pos) FROM event)"),
    fault(
        "L14",
        "UPDATE payment SET captured_minor = captured_minor + 1 WHERE id = (SELECT MIN(id) FROM payment \
         WHERE status = 'captured')",
    ),
    fault("L15", "UPDATE entry SET mode = 'live' WHERE id = (SELECT MIN(id) FROM entry WHERE mode = 'test')"),
    fault("L15", "UPDATE entry SET book = book || '0' WHERE kind = 'refund_returned' AND mode = 'test'"),
    unguarded(
        "I10",
        "DROP INDEX capture_by_provider",
        "INSERT INTO capture (id, payment_id, order_id, merchant_id, mode, connection_id, provider_payment, \
         amount_minor, currency, credited, at_ms, created_ms) SELECT 'cap_twice', payment_id, order_id, merchant_id, \
         mode, connection_id, provider_payment, amount_minor, currency, credited, at_ms, created_ms FROM capture \
         WHERE id = (SELECT MIN(id) FROM capture)",
    ),
    fault("I11", "DELETE FROM discrepancy WHERE kind = 'amount_mismatch'"),
    fault("I11", "UPDATE orders SET amount_minor = 1 WHERE status = 'paid'"),
    fault("I13", "UPDATE refund SET amount_minor = 9999999 WHERE origin = 'provider'"),
    fault("I14", "UPDATE payment SET captured_minor = 0, reserved_minor = 0 WHERE status = 'captured'"),
    fault("I14R", "UPDATE payment SET refunded_minor = refunded_minor + 1 WHERE status = 'captured'"),
    fault("S01", "UPDATE payment SET reserved_minor = reserved_minor - 1 WHERE reserved_minor > 0"),
    fault("S02", "UPDATE payment SET adopted_minor = 0 WHERE adopted_minor > 0"),
    fault("S03", "DELETE FROM capture WHERE id = (SELECT MAX(id) FROM capture)"),
    fault("S03", "UPDATE payment_try SET captured_ms = NULL WHERE provider_payment = 'pay_first_test'"),
    fault("S03", "UPDATE payment_try SET captured_minor = 5 WHERE provider_payment = 'pay_first_test'"),
    fault("S40", "UPDATE payment SET capture_asked_ms = 1, capture_asked_minor = amount_minor + 1"),
    fault("S40", "UPDATE payment SET capture_asked_ms = 1 WHERE status = 'captured'"),
    fault(
        "S04",
        "UPDATE payment SET capture_asked_ms = 1, capture_asked_minor = 1 WHERE status = 'captured'",
    ),
    fault("S04", "UPDATE capture SET credited = 'sales' WHERE credited = 'suspense'"),
    fault("S04", "DELETE FROM discrepancy WHERE kind = 'currency_mismatch'"),
    fault("I24", "UPDATE payment SET captured_minor = 0, reserved_minor = 0 WHERE status = 'captured'"),
    fault("I24", "UPDATE refund SET status = 'failed' WHERE provider_payment = 'pay_late_back'"),
    fault("I25", "UPDATE payment SET currency = 'USD' WHERE status = 'pending'"),
    fault("I25", "DELETE FROM discrepancy WHERE kind = 'currency_mismatch'"),
    fault("S05", "UPDATE capture SET mode = 'live' WHERE provider_payment = 'pay_first_test'"),
    fault("S05", "UPDATE payment SET connection_id = (SELECT MAX(id) FROM connection) WHERE mode = 'test'"),
    fault("S05", "UPDATE payment SET merchant_id = (SELECT MAX(id) FROM merchant) WHERE mode = 'test'"),
    fault("S05", "UPDATE payment_try SET connection_id = (SELECT MAX(id) FROM connection)"),
    fault("S05", "UPDATE refund SET order_id = (SELECT MAX(id) FROM orders) WHERE mode = 'test'"),
    fault("S05", "UPDATE notice SET mode = 'live'"),
    fault("S05", "UPDATE delivery SET merchant_id = (SELECT MAX(id) FROM merchant)"),
    fault("S05", "UPDATE endpoint SET mode = 'live'"),
    fault("S05", "UPDATE payment SET after_id = (SELECT MIN(id) FROM payment) WHERE after_id IS NOT NULL"),
    fault("I12", "UPDATE payment SET after_id = NULL"),
    // The payer had been shown the first one, and its merchant does not give late money back.
    fault(
        "I12",
        "INSERT INTO transition (object_id, seq, kind, from_state, to_state, cause, at_ms, created_ms) \
         SELECT after_id, 99, 'payment', 'created', 'pending', 'api', 1, 1 FROM payment WHERE after_id IS NOT NULL",
    ),
    fault("I34", "UPDATE payment SET in_doubt_ms = 1 WHERE in_doubt_ms IS NOT NULL"),
    fault("I23A", "UPDATE transition SET to_state = 'paid' WHERE kind = 'refund'"),
    fault(
        "I23A",
        "UPDATE transition SET from_state = 'captured', to_state = 'pending' WHERE kind = 'payment' AND seq = 2",
    ),
    fault("I23B", "DELETE FROM transition WHERE kind = 'payment' AND to_state = 'pending'"),
    fault("S06", "DELETE FROM transition WHERE kind = 'order'"),
    fault("S06", "UPDATE orders SET status = 'expired' WHERE status = 'paid'"),
    fault("S07", "UPDATE payment SET status = 'captured' WHERE status = 'pending'"),
    fault("S07", "UPDATE payment SET status = 'failed' WHERE status = 'expired'"),
    fault("S07", "DELETE FROM payment_try WHERE provider_payment = 'pay_held'"),
    fault("S08", "UPDATE refund SET status = 'processing' WHERE status = 'processed'"),
    fault("S08", "UPDATE refund SET status = 'failed' WHERE status = 'requested'"),
    fault("S09", "UPDATE orders SET status = 'attempted' WHERE status = 'paid'"),
    fault(
        "S09",
        "UPDATE orders SET late_success = 'refund' WHERE status = 'paid' AND expired_ms IS NOT NULL",
    ),
    fault("S09", "UPDATE orders SET cancelled_ms = NULL"),
    fault("S10", "UPDATE payment SET in_doubt_ms = NULL"),
    fault("S10", "UPDATE payment SET in_doubt_ms = 5 WHERE status = 'captured'"),
    fault("S10", "UPDATE refund SET in_doubt_ms = NULL"),
    fault("S50", "UPDATE orders SET metadata = '{\"table\":\"4\"}'"),
    fault(
        "S50",
        "INSERT INTO metadata_pair (object_id, kind, merchant_id, mode, pair, created_ms) \
         SELECT order_id, 'order', merchant_id, mode, 'table=4', created_ms FROM payment \
         WHERE id = (SELECT MIN(id) FROM payment)",
    ),
    fault(
        "S50",
        "INSERT INTO metadata_pair (object_id, kind, merchant_id, mode, pair, created_ms) \
         SELECT 'ord_gone', 'order', MIN(id), 'test', 'table=4', 1 FROM merchant",
    ),
    unguarded(
        "I16",
        "CREATE TABLE kept AS SELECT * FROM idempotency; DROP TABLE idempotency; \
         CREATE TABLE idempotency AS SELECT * FROM kept",
        "INSERT INTO idempotency (merchant_id, mode, key, body_hash, state, created_ms, updated_ms) \
         SELECT merchant_id, mode, key, 'another', 'running', created_ms, updated_ms FROM idempotency WHERE key = 'done'",
    ),
    fault("I17", "UPDATE idempotency SET updated_ms = 1 WHERE state = 'running'"),
    fault("I18", "UPDATE job SET run_ms = 1 WHERE state = 'ready'"),
    fault("I18", "UPDATE job SET lease_until_ms = 1 WHERE state = 'leased'"),
    fault("I19", "DELETE FROM event WHERE id = (SELECT MIN(id) FROM event WHERE capture_id IS NOT NULL)"),
    fault("I19", "UPDATE event SET type = 'payment.captured' WHERE type = 'payment.suspended'"),
    fault(
        "I19",
        "UPDATE event SET capture_id = (SELECT MIN(id) FROM capture) WHERE type = 'payment.try_failed'",
    ),
    fault("I20", "DELETE FROM delivery WHERE id = (SELECT MIN(id) FROM delivery)"),
    fault("I20", "DELETE FROM delivery WHERE event_type = 'refund.processed'"),
    fault("I20", "UPDATE watermark SET pos = (SELECT MAX(pos) FROM event) WHERE name = 'events'"),
    fault("I21", "UPDATE event SET seq = seq + 1 WHERE type = 'payment.captured'"),
    fault("I21", "UPDATE event SET seq = 1 WHERE object_type = 'refund'"),
    fault("S11", "DELETE FROM event WHERE type = 'order.paid'"),
    fault("S11", "UPDATE refund SET event_seq = event_seq + 1"),
    fault("I22A", "UPDATE notice SET effect = 'asked' WHERE verified = 0"),
    unguarded(
        "I22B",
        "DROP INDEX notice_meaning_once",
        "UPDATE notice SET effect = 'applied' WHERE effect = 'same'",
    ),
    fault("S12", "UPDATE notice SET effect = 'applied' WHERE grade = 'B'"),
    fault("S12", "UPDATE notice SET grade = NULL WHERE effect = 'applied'"),
    fault("S13", "UPDATE delivery_try SET status = 302 WHERE n = 2"),
    fault("S13", "UPDATE delivery SET state = 'delivered' WHERE attempts = 0"),
    fault("S14", "DELETE FROM delivery_try WHERE n = 1"),
    fault(
        "S17",
        "INSERT INTO resend (id, merchant_id, mode, event_id, deliveries, asked_by, created_ms) \
         SELECT 'rsd_x', 'mer_other', mode, id, 1, 'somebody', 1 FROM event WHERE id = (SELECT MIN(id) FROM event)",
    ),
    fault(
        "S30",
        "INSERT INTO webhook_alarm (connection_id, state, since_ms, event_seq) \
         SELECT MIN(id), 'silent', 1, 1 FROM connection",
    ),
    fault("I26", "DELETE FROM audit WHERE seq = 1"),
    fault("I26", "UPDATE audit SET prev_hash = hash WHERE seq = 2"),
    fault(
        "I26Q",
        "UPDATE audit SET seq = NULL, at_ms = 1 WHERE id = (SELECT MAX(id) FROM audit WHERE seq IS NOT NULL)",
    ),
    fault("I27", "DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)"),
    fault("I27", "UPDATE audit SET action = 'refund.look'"),
    fault(
        "S15",
        "UPDATE hourly SET amount_minor = amount_minor + 1 WHERE what = 'captured' AND split = 'all'",
    ),
    fault("S15", "UPDATE hourly SET count = count + 1 WHERE what = 'refunded' AND split = 'all'"),
    fault("S15", "DELETE FROM hourly"),
    fault(
        "S16",
        "INSERT INTO rehearsal (payment_id, merchant_id, mode, outcome, delay_ms, clock_ms, created_ms) \
         SELECT MIN(id), 'mer_other', 'test', 'pay', 0, 0, 1 FROM payment",
    ),
    fault("S20", "UPDATE orders SET mode = 'live' WHERE customer_id IS NOT NULL"),
    fault("S20", "UPDATE saved_method SET merchant_id = 'mer_another'"),
    fault("S21", "UPDATE customer SET erased_ms = 1"),
    fault("S22", "UPDATE saved_method SET token = NULL"),
    unguarded("S23", "DROP INDEX saved_method_default", "UPDATE saved_method SET is_default = 1"),
    fault("S24", "UPDATE consent SET state = 'asked'"),
    fault("S24", "DELETE FROM consent"),
    fault("S25", "UPDATE orders SET customer_id = NULL"),
    fault("S25", "UPDATE payment SET flow = 'script'"),
    fault("S26", "UPDATE charge SET begun_ms = NULL"),
];

/// Faults of the file itself. PostgreSQL has no such checks.
pub(super) static SQLITE_FAULTS: &[Fault] = &[
    fault("E01", "UPDATE posting SET amount_minor = -1; PRAGMA ignore_check_constraints = OFF"),
    fault("E02", "DELETE FROM merchant"),
];
