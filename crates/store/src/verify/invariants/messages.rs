//! Messages in and out, promises of work, answers kept, and what persons did.

super::invariants! {
    I16 "one row for each idempotency key"
        "SELECT merchant_id, mode, idem_key FROM iv_idem GROUP BY merchant_id, mode, idem_key HAVING COUNT(*) > 1";

    I17 quiet "no request is left half done under its key"
        "SELECT merchant_id, idem_key FROM iv_idem WHERE state = 'running' AND updated_at < $1";

    I18 quiet "no job is lost, stuck or late"
        "SELECT id, kind, state FROM iv_job WHERE (state = 'leased' AND lease_until < $1) \
           OR (state = 'ready' AND run_at < $1)";

    I19 "each capture has exactly one event, of its kind"
        "SELECT c.id FROM capture c LEFT JOIN (SELECT capture_id, type, COUNT(*) AS n FROM event \
           WHERE capture_id IS NOT NULL GROUP BY capture_id, type) e ON e.capture_id = c.id \
         GROUP BY c.id, c.credited HAVING COALESCE(SUM(e.n), 0) <> 1 \
           OR MAX(e.type) <> CASE c.credited WHEN 'sales' THEN 'payment.captured' ELSE 'payment.suspended' END";

    // An endpoint that was changed since may have wanted less when the event was promised: those are left out.
    I20 "an event that was passed on has a delivery for each endpoint that listened"
        "SELECT e.id, w.id AS endpoint FROM endpoint w \
         JOIN event e ON e.merchant_id = w.merchant_id AND e.mode = w.mode AND e.pos > w.after_pos \
         LEFT JOIN delivery d ON d.event_id = e.id AND d.endpoint_id = w.id \
         WHERE d.id IS NULL AND w.state = 'enabled' AND w.version = 1 AND e.object_type <> 'endpoint' \
           AND e.pos <= (SELECT COALESCE(MAX(m.pos), 0) FROM watermark m WHERE m.name = 'events') \
           AND (w.events = '*' OR replace(',' || w.events || ',', ',' || e.type || ',', '') <> ',' || w.events || ',')";

    I21 "events of an object are numbered without gap or double"
        "SELECT object_type, object_id FROM event WHERE object_type <> 'endpoint' GROUP BY object_type, object_id \
         HAVING COUNT(*) <> MAX(seq) OR COUNT(*) <> COUNT(DISTINCT seq)";

    S11 "an order, payment or refund has as many events as it counts"
        "SELECT id, CAST(SUM(n) AS BIGINT) AS missing FROM ( \
           SELECT id, event_seq AS n FROM orders UNION ALL SELECT id, event_seq FROM payment UNION ALL \
           SELECT id, event_seq FROM refund UNION ALL \
           SELECT object_id, -1 FROM event WHERE object_type IN ('order', 'payment', 'refund')) s \
         GROUP BY id HAVING SUM(n) <> 0";

    I22A "a message that proves nothing has no effect"
        "SELECT id FROM iv_inbox WHERE verified = 0 AND effect <> 'none'";

    I22B "a meaning takes effect once"
        "SELECT provider_account_id, meaning_key FROM iv_inbox WHERE effect = 'applied' \
         GROUP BY provider_account_id, meaning_key HAVING COUNT(*) > 1";

    S12 "only a message whose signature binds body and account moves money"
        "SELECT id, grade FROM iv_inbox WHERE effect = 'applied' AND COALESCE(grade, '') <> 'A'";

    S13 "what counts as delivered was answered with a 2xx"
        "SELECT d.id FROM delivery d WHERE d.state = 'delivered' AND NOT EXISTS (SELECT 1 FROM delivery_try t \
           WHERE t.delivery_id = d.id AND t.status BETWEEN 200 AND 299)";

    S14 "a delivery has as many tries as it counts"
        "SELECT d.id FROM delivery d LEFT JOIN delivery_try t ON t.delivery_id = d.id GROUP BY d.id, d.attempts \
         HAVING d.attempts <> COUNT(t.n)";

    S16 "only test payments are rehearsed, for their own merchants"
        "SELECT r.payment_id FROM rehearsal r LEFT JOIN payment p ON p.id = r.payment_id \
           AND p.merchant_id = r.merchant_id AND p.mode = 'test' WHERE p.id IS NULL";

    S17 "an event is sent again to its own merchant"
        "SELECT r.id FROM resend r LEFT JOIN event e ON e.id = r.event_id AND e.merchant_id = r.merchant_id \
           AND e.mode = r.mode WHERE e.id IS NULL";

    S30 "what was last said of a connection's webhooks is its newest event"
        "SELECT a.connection_id, a.state FROM webhook_alarm a LEFT JOIN event e ON e.object_type = 'connection' \
           AND e.object_id = a.connection_id AND e.seq = a.event_seq \
         WHERE COALESCE(e.type, '') <> CASE a.state WHEN 'well' THEN 'connection.webhooks_recovered' \
           ELSE 'connection.webhooks_' || a.state END";

    I26 "each audit chain runs from its first record without a break"
        "SELECT b.chain, b.seq FROM iv_audit b LEFT JOIN iv_audit a ON a.chain = b.chain AND a.seq = b.seq - 1 \
         WHERE (b.seq > 1 AND (a.seq IS NULL OR a.hash <> b.prev_hash)) OR b.seq < 1";

    I26Q quiet "every audit record stands in its chain"
        "SELECT id, chain FROM audit WHERE seq IS NULL AND at_ms < $1";

    I27 "each refund that we asked for has its audit record"
        "SELECT r.id FROM refund r LEFT JOIN audit u ON u.target_id = r.id AND u.target_type = 'refund' \
           AND u.action = 'refund.create' WHERE r.origin = 'ours' AND u.id IS NULL";

    // Counted with the events that were passed on, in the same transactions.
    S15 "hourly figures are the sum of what was counted"
        "SELECT merchant_id, mode, currency, what, CAST(SUM(minor) AS BIGINT) AS differ FROM ( \
           SELECT merchant_id, mode, currency, what, count AS n, amount_minor AS minor FROM hourly \
             WHERE split = 'all' AND what IN ('captured', 'refunded') UNION ALL \
           SELECT e.merchant_id, e.mode, c.currency, 'captured', -1, -c.amount_minor FROM event e \
             JOIN capture c ON c.id = e.capture_id WHERE e.type = 'payment.captured' \
             AND e.pos <= (SELECT COALESCE(MAX(m.pos), 0) FROM watermark m WHERE m.name = 'events') UNION ALL \
           SELECT e.merchant_id, e.mode, r.currency, 'refunded', -1, -r.amount_minor FROM event e \
             JOIN refund r ON r.id = e.object_id WHERE e.type = 'refund.processed' \
             AND e.pos <= (SELECT COALESCE(MAX(m.pos), 0) FROM watermark m WHERE m.name = 'events')) s \
         GROUP BY merchant_id, mode, currency, what HAVING SUM(n) <> 0 OR SUM(minor) <> 0";
}
