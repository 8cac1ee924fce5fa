//! Money on orders, payments and refunds: sums equal their parts, and whatever does not fit is questioned.

super::invariants! {
    I10 "a provider's payment is captured once"
        "SELECT provider_account_id, provider_capture_id FROM iv_capture \
         GROUP BY provider_account_id, provider_capture_id HAVING COUNT(*) > 1";

    I11 "nothing is captured above the order that neither goes back nor is questioned"
        "SELECT o.id FROM orders o \
         JOIN (SELECT order_id, SUM(amount_minor) AS minor FROM capture GROUP BY order_id) c ON c.order_id = o.id \
         WHERE c.minor > o.amount_minor \
           AND c.minor - COALESCE((SELECT SUM(r.amount_minor) FROM refund r WHERE r.order_id = o.id \
             AND r.status <> 'failed'), 0) > o.amount_minor \
           AND NOT EXISTS (SELECT 1 FROM discrepancy d WHERE d.order_id = o.id \
             AND d.kind IN ('overpaid', 'duplicate', 'amount_mismatch', 'currency_mismatch'))";

    // Our own reservations cannot pass the captures: S01 and the table's CHECK. Facts can, and are questioned.
    I13 "refunds above the captures are questioned"
        "SELECT p.id FROM payment p JOIN ( \
           SELECT payment_id, currency, SUM(amount_minor) AS minor FROM refund WHERE status <> 'failed' \
           GROUP BY payment_id, currency) r ON r.payment_id = p.id AND r.currency = p.currency \
         WHERE r.minor > p.captured_minor AND NOT EXISTS (SELECT 1 FROM discrepancy d WHERE d.payment_id = p.id \
           AND d.kind = 'refund_exceeds_captured')";

    I14 "a payment's captured amount is the sum of its captures in its currency"
        "SELECT p.id FROM payment p LEFT JOIN capture c ON c.payment_id = p.id AND c.currency = p.currency \
         GROUP BY p.id, p.captured_minor HAVING p.captured_minor <> COALESCE(SUM(c.amount_minor), 0)";

    I14R "a payment's refunded amount is the sum of its processed refunds"
        "SELECT p.id FROM payment p LEFT JOIN refund r ON r.payment_id = p.id AND r.status = 'processed' \
           AND r.currency = p.currency \
         GROUP BY p.id, p.refunded_minor HAVING p.refunded_minor <> COALESCE(SUM(r.amount_minor), 0)";

    // A failed refund that came to life when its amount was taken holds nothing: it is questioned instead.
    S01 "what a payment reserves is the sum of our refunds that have not failed"
        "SELECT p.id FROM payment p LEFT JOIN refund r ON r.payment_id = p.id AND r.origin = 'ours' \
           AND r.status <> 'failed' AND NOT EXISTS (SELECT 1 FROM discrepancy d WHERE d.payment_id = p.id \
             AND d.kind = 'refund_exceeds_captured' AND d.subject = r.id) \
         GROUP BY p.id, p.reserved_minor HAVING p.reserved_minor <> COALESCE(SUM(r.amount_minor), 0)";

    S02 "what a payment adopted is the sum of the provider's own refunds that have not failed"
        "SELECT p.id FROM payment p LEFT JOIN refund r ON r.payment_id = p.id AND r.origin = 'provider' \
           AND r.status <> 'failed' AND r.currency = p.currency \
         GROUP BY p.id, p.adopted_minor HAVING p.adopted_minor <> COALESCE(SUM(r.amount_minor), 0)";

    S03 "a capture and the payer's try it came from tell the same"
        "SELECT t.payment_id, t.provider_payment FROM payment_try t LEFT JOIN capture c \
           ON c.connection_id = t.connection_id AND c.provider_payment = t.provider_payment \
           AND c.payment_id = t.payment_id \
         WHERE t.captured_ms IS NOT NULL AND (c.id IS NULL OR (t.contradicted = 0 \
           AND (c.amount_minor <> t.captured_minor OR c.currency <> t.captured_currency))) UNION ALL \
         SELECT c.payment_id, c.provider_payment FROM capture c LEFT JOIN payment_try t \
           ON t.payment_id = c.payment_id AND t.provider_payment = c.provider_payment WHERE t.captured_ms IS NULL";

    S40 "no more is asked to be taken than the payer was asked for"
        "SELECT id FROM payment WHERE capture_asked_minor > amount_minor \
           OR (capture_asked_minor IS NULL) <> (capture_asked_ms IS NULL)";

    S04 "a capture as asked, of the payer or by the merchant, is sales; any other stands in suspense and is questioned"
        "SELECT c.id FROM capture c JOIN payment p ON p.id = c.payment_id \
         WHERE (CASE WHEN c.amount_minor = COALESCE(p.capture_asked_minor, p.amount_minor) AND c.currency = p.currency THEN 'sales' \
             ELSE 'suspense' END) <> c.credited \
           OR (c.credited = 'suspense' AND NOT EXISTS (SELECT 1 FROM discrepancy d \
             WHERE d.connection_id = c.connection_id AND d.subject = c.provider_payment))";

    I24 "an order's status agrees with its money: paid has some, closed keeps none unless it is going back or questioned"
        "SELECT o.id, o.status FROM orders o JOIN (SELECT order_id, SUM(captured_minor) AS captured, \
           SUM(refunded_minor) AS refunded FROM payment GROUP BY order_id) p ON p.order_id = o.id \
         WHERE (o.status = 'paid' AND p.captured <= 0) \
           OR (o.status IN ('expired', 'cancelled') AND p.captured > p.refunded \
             AND NOT EXISTS (SELECT 1 FROM payment q JOIN refund r ON r.payment_id = q.id WHERE q.order_id = o.id \
               AND r.status IN ('requested', 'processing')) \
             AND NOT EXISTS (SELECT 1 FROM discrepancy d WHERE d.order_id = o.id))";

    I25 "one currency down the chain, unless it is questioned"
        "SELECT p.id AS what, p.order_id FROM payment p JOIN orders o ON o.id = p.order_id \
         WHERE p.currency <> o.currency UNION ALL \
         SELECT c.id, c.order_id FROM capture c JOIN orders o ON o.id = c.order_id \
         WHERE c.currency <> o.currency AND NOT EXISTS (SELECT 1 FROM discrepancy d \
           WHERE d.connection_id = c.connection_id AND d.kind = 'currency_mismatch' AND d.subject = c.provider_payment)";

    S05 "one merchant, mode, connection and order down the chain"
        "SELECT 'payment of order' AS what, p.id FROM payment p JOIN orders o ON o.id = p.order_id \
         WHERE p.merchant_id <> o.merchant_id OR p.mode <> o.mode UNION ALL \
         SELECT 'payment by connection', p.id FROM payment p JOIN connection n ON n.id = p.connection_id \
         WHERE (p.merchant_id = n.merchant_id) <> (p.fallback_id IS NULL) OR p.mode <> n.mode UNION ALL \
         SELECT 'payment after another', p.id FROM payment p JOIN payment a ON a.id = p.after_id \
         WHERE a.order_id <> p.order_id UNION ALL \
         SELECT 'try', t.payment_id FROM payment_try t JOIN payment p ON p.id = t.payment_id \
         WHERE t.connection_id <> p.connection_id UNION ALL \
         SELECT 'capture', c.id FROM capture c JOIN payment p ON p.id = c.payment_id \
         WHERE c.merchant_id <> p.merchant_id OR c.mode <> p.mode OR c.connection_id <> p.connection_id \
           OR c.order_id <> p.order_id UNION ALL \
         SELECT 'refund', r.id FROM refund r JOIN payment p ON p.id = r.payment_id \
         WHERE r.merchant_id <> p.merchant_id OR r.mode <> p.mode OR r.connection_id <> p.connection_id \
           OR r.order_id <> p.order_id UNION ALL \
         SELECT 'notice', m.id FROM notice m JOIN connection n ON n.id = m.connection_id \
         WHERE m.merchant_id <> n.merchant_id OR m.mode <> n.mode UNION ALL \
         SELECT 'delivery of event', d.id FROM delivery d JOIN event e ON e.id = d.event_id \
         WHERE d.merchant_id <> e.merchant_id OR d.mode <> e.mode UNION ALL \
         SELECT 'delivery to endpoint', d.id FROM delivery d JOIN endpoint w ON w.id = d.endpoint_id \
         WHERE d.merchant_id <> w.merchant_id OR d.mode <> w.mode";
}
