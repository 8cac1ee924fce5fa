//! States: what the machines say of what is known, said again in SQL, and the history that led there.

super::invariants! {
    I12 "at most one attempt of an order whose outcome is open"
        "SELECT order_id FROM iv_attempt WHERE status IN ('sending', 'pending', 'unknown') \
         GROUP BY order_id HAVING COUNT(*) > 1";

    I34 long_unknown "nothing stays unknown for long without standing before a person"
        "SELECT id FROM iv_attempt WHERE in_doubt_at IS NOT NULL AND sent_at < $1 AND escalated_at IS NULL";

    // Grouped first: millions of moves are of forty kinds.
    I23A "only moves that the machines can make"
        "SELECT x.example, x.from_state, x.to_state, x.n FROM (SELECT kind, from_state, to_state, COUNT(*) AS n, \
           MIN(object_id) AS example FROM transition GROUP BY kind, from_state, to_state) x LEFT JOIN iv_allowed a \
           ON a.kind = x.kind AND a.from_state = x.from_state AND a.to_state = x.to_state WHERE a.kind IS NULL";

    I23B "each move starts where the last one ended"
        "SELECT id, from_state, ended FROM (SELECT id, from_state, \
           LAG(to_state) OVER (PARTITION BY object_id ORDER BY seq) AS ended FROM iv_transition) s \
         WHERE ended <> from_state";

    S06 "history begins at the beginning and ends at the status"
        "SELECT o.id, o.status FROM ( \
           SELECT id, status, 'created' AS born FROM orders UNION ALL \
           SELECT id, status, 'created' FROM payment UNION ALL \
           SELECT id, status, 'requested' FROM refund) o \
         LEFT JOIN (SELECT object_id, MIN(seq) AS oldest, MAX(seq) AS newest FROM transition GROUP BY object_id) m \
           ON m.object_id = o.id \
         LEFT JOIN transition a ON a.object_id = o.id AND a.seq = m.oldest \
         LEFT JOIN transition z ON z.object_id = o.id AND z.seq = m.newest \
         WHERE COALESCE(a.from_state, o.born) <> o.born OR COALESCE(z.to_state, o.born) <> o.status";

    S07 "a payment's status is what its tries and marks say"
        "SELECT id, status, said FROM (SELECT p.id, p.status, CASE \
             WHEN t.paid = 1 THEN 'captured' \
             WHEN p.cancelled = 1 THEN 'cancelled' \
             WHEN t.held = 1 THEN 'authorized' \
             WHEN p.refused_ms IS NOT NULL THEN 'failed' \
             WHEN p.lapsed = 1 AND t.failed = 1 THEN 'failed' \
             WHEN p.lapsed = 1 THEN 'expired' \
             WHEN p.opened = 1 OR p.approved = 1 OR t.payment_id IS NOT NULL THEN 'pending' \
             ELSE 'created' END AS said \
           FROM payment p LEFT JOIN (SELECT y.payment_id, \
               MAX(CASE WHEN y.captured_minor = COALESCE(q.capture_asked_minor, q.amount_minor) AND y.captured_currency = q.currency \
                 THEN 1 ELSE 0 END) AS paid, \
               MAX(CASE WHEN y.authorized_minor IS NOT NULL AND y.released = 0 AND y.captured_ms IS NULL \
                 THEN 1 ELSE 0 END) AS held, \
               MAX(CASE WHEN y.failure_ms IS NOT NULL THEN 1 ELSE 0 END) AS failed \
             FROM payment_try y JOIN payment q ON q.id = y.payment_id GROUP BY y.payment_id) t \
           ON t.payment_id = p.id) s \
         WHERE status <> said";

    S08 "a refund's status is what the provider last said"
        "SELECT id, status FROM refund WHERE status <> CASE WHEN last_ms IS NOT NULL AND last_final IS NOT NULL \
           THEN last_final WHEN accepted = 1 THEN 'processing' ELSE 'requested' END";

    // A sale pays, unless it became known after the order was closed and late money goes back.
    S09 "an order's status is what its sales and marks say"
        "SELECT id, status, said FROM (SELECT o.id, o.status, CASE \
             WHEN c.late IS NOT NULL AND (o.late_success = 'accept' OR c.late = 0) THEN 'paid' \
             WHEN o.cancelled_ms IS NOT NULL THEN 'cancelled' \
             WHEN o.expired_ms IS NOT NULL THEN 'expired' \
             WHEN o.attempted = 1 OR c.late IS NOT NULL THEN 'attempted' \
             ELSE 'created' END AS said \
           FROM orders o LEFT JOIN (SELECT order_id, MIN(late) AS late FROM capture WHERE credited = 'sales' \
             GROUP BY order_id) c ON c.order_id = o.id) s \
         WHERE status <> said";

    S10 "in doubt is exactly what went unknown and was not answered since"
        "SELECT id FROM payment WHERE in_doubt_ms IS DISTINCT FROM CASE WHEN (answered_ms IS NULL \
           OR answered_ms <= unknown_ms) AND status NOT IN ('captured', 'failed') THEN unknown_ms END UNION ALL \
         SELECT id FROM refund WHERE in_doubt_ms IS DISTINCT FROM CASE WHEN (answered_ms IS NULL \
           OR answered_ms <= unknown_ms) AND last_ms IS NULL THEN unknown_ms END";

    S50 "what has metadata is found by it, as itself and when it was made"
        "SELECT a.id FROM (SELECT id, merchant_id, mode, created_ms, 'order' AS kind FROM orders WHERE metadata <> '{}' \
           UNION ALL SELECT id, merchant_id, mode, created_ms, 'refund' FROM refund WHERE metadata <> '{}') a \
         WHERE NOT EXISTS (SELECT m.pair FROM metadata_pair m WHERE m.object_id = a.id AND m.kind = a.kind \
           AND m.merchant_id = a.merchant_id AND m.mode = a.mode AND m.created_ms = a.created_ms) UNION ALL \
         SELECT p.id FROM payment p JOIN metadata_pair o ON o.object_id = p.order_id \
         WHERE NOT EXISTS (SELECT m.pair FROM metadata_pair m WHERE m.object_id = p.id AND m.pair = o.pair \
           AND m.kind = 'payment' AND m.merchant_id = p.merchant_id AND m.mode = p.mode \
           AND m.created_ms = p.created_ms) UNION ALL \
         SELECT m.object_id FROM metadata_pair m WHERE NOT EXISTS (SELECT o.id FROM orders o WHERE o.id = m.object_id) \
           AND NOT EXISTS (SELECT p.id FROM payment p WHERE p.id = m.object_id) \
           AND NOT EXISTS (SELECT f.id FROM refund f WHERE f.id = m.object_id)";
}
