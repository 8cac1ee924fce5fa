//! What is collected through the platform's own connection for merchants that agreed to it.

super::invariants! {
    L04 "what the platform owes a merchant is what that merchant's book says is due from it"
        "SELECT merchant_id, mode, currency, CAST(SUM(minor) AS BIGINT) AS differ FROM ( \
           SELECT e.book AS merchant_id, e.mode, p.currency, p.amount_minor AS minor FROM posting p \
             JOIN entry e ON e.id = p.entry_id WHERE p.debit = 'due_from_platform' UNION ALL \
           SELECT e.book, e.mode, p.currency, -p.amount_minor FROM posting p \
             JOIN entry e ON e.id = p.entry_id WHERE p.credit = 'due_from_platform' UNION ALL \
           SELECT substr(p.debit, 6), e.mode, p.currency, p.amount_minor FROM posting p \
             JOIN entry e ON e.id = p.entry_id WHERE p.debit LIKE 'owed:%' UNION ALL \
           SELECT substr(p.credit, 6), e.mode, p.currency, -p.amount_minor FROM posting p \
             JOIN entry e ON e.id = p.entry_id WHERE p.credit LIKE 'owed:%') s \
         GROUP BY merchant_id, mode, currency HAVING SUM(minor) <> 0";

    S60 "a payment through the platform's connection rests on an agreement that stood when it began"
        "SELECT p.id FROM payment p LEFT JOIN fallback f ON f.id = p.fallback_id AND f.merchant_id = p.merchant_id \
           AND f.mode = p.mode AND f.connection_id = p.connection_id \
         WHERE p.fallback_id IS NOT NULL AND (f.id IS NULL OR f.accepted_ms IS NULL OR f.accepted_ms > p.created_ms \
           OR f.ended_ms < p.created_ms)";

    S61 "only the platform's own merchant lends, in one mode, and never to itself"
        "SELECT f.id FROM fallback f LEFT JOIN connection c ON c.id = f.connection_id AND c.mode = f.mode \
           AND c.merchant_id <> f.merchant_id \
         LEFT JOIN setting s ON s.name = 'platform_merchant' AND s.value = c.merchant_id WHERE s.value IS NULL";

    S62 "what the platform's connection took and gave back stands in its owner's book, as owed to the payment's merchant"
        "SELECT c.id FROM capture c JOIN payment y ON y.id = c.payment_id AND y.fallback_id IS NOT NULL \
         JOIN connection n ON n.id = y.connection_id \
         LEFT JOIN entry e ON e.source_id = c.id AND e.kind = 'capture' AND e.book = n.merchant_id \
         LEFT JOIN posting p ON p.entry_id = e.id GROUP BY c.id, c.amount_minor \
         HAVING COUNT(DISTINCT e.id) <> 1 OR COALESCE(SUM(p.amount_minor), 0) <> c.amount_minor \
           OR COALESCE(SUM(CASE WHEN p.debit = 'provider:' || c.connection_id AND p.credit = 'owed:' || c.merchant_id \
             AND p.currency = c.currency THEN p.amount_minor ELSE 0 END), 0) <> c.amount_minor UNION ALL \
         SELECT r.id FROM refund r JOIN payment y ON y.id = r.payment_id AND y.fallback_id IS NOT NULL \
         JOIN connection n ON n.id = y.connection_id \
         LEFT JOIN entry e ON e.source_id = r.id AND e.book = n.merchant_id \
         LEFT JOIN posting p ON p.entry_id = e.id GROUP BY r.id, r.amount_minor, r.status \
         HAVING COALESCE(SUM(CASE WHEN e.kind = 'refund' AND p.debit = 'owed:' || r.merchant_id \
               AND p.credit = 'provider:' || r.connection_id AND p.currency = r.currency THEN p.amount_minor \
             WHEN e.kind = 'refund_returned' AND p.credit = 'owed:' || r.merchant_id \
               AND p.debit = 'provider:' || r.connection_id AND p.currency = r.currency THEN -p.amount_minor \
             ELSE 0 END), 0) <> CASE r.status WHEN 'processed' THEN r.amount_minor ELSE 0 END";

    S63 "what was said to a provider and by it belongs to whose account it was said over"
        "SELECT x.id FROM exchange x LEFT JOIN connection n ON n.id = x.connection_id \
         WHERE n.id IS NULL OR x.merchant_id <> n.merchant_id OR x.mode <> n.mode";
}
