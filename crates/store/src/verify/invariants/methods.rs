//! Customers, what is kept for them, and what was charged with it.

super::invariants! {
    S20 "what belongs to a customer is of their own merchant and mode"
        "SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id \
         WHERE o.merchant_id <> c.merchant_id OR o.mode <> c.mode UNION ALL \
         SELECT m.id FROM saved_method m JOIN customer c ON c.id = m.customer_id \
         JOIN connection k ON k.id = m.connection_id WHERE m.merchant_id <> c.merchant_id OR m.mode <> c.mode \
           OR m.merchant_id <> k.merchant_id OR m.mode <> k.mode";

    S21 "an erased customer has nothing left to read or to charge"
        "SELECT c.id FROM customer c WHERE c.erased_ms IS NOT NULL AND (c.name IS NOT NULL OR c.email IS NOT NULL \
           OR c.phone IS NOT NULL OR c.metadata <> '{}' \
           OR EXISTS (SELECT 1 FROM saved_method m WHERE m.customer_id = c.id AND m.state = 'active') \
           OR EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND (o.payer_name IS NOT NULL \
             OR o.payer_email IS NOT NULL OR o.payer_phone IS NOT NULL)))";

    S22 "a method has its token as long as it can be charged or must be forgotten, and no longer"
        "SELECT id, state FROM saved_method WHERE (state IN ('active', 'forgetting')) <> (token IS NOT NULL)";

    S23 "a customer has one default method at most, and it can be charged"
        "SELECT customer_id FROM saved_method WHERE is_default = 1 GROUP BY customer_id \
         HAVING COUNT(*) > 1 OR MIN(CASE state WHEN 'active' THEN 1 ELSE 0 END) = 0";

    S24 "what is kept rests on the consent of its own payment"
        "SELECT m.id FROM saved_method m LEFT JOIN consent c ON c.payment_id = m.payment_id \
           AND c.customer_id = m.customer_id AND c.connection_id = m.connection_id AND c.state = 'kept' \
         WHERE c.payment_id IS NULL";

    S25 "a charge is of the order's own customer, where their method is kept"
        "SELECT p.id FROM payment p LEFT JOIN charge h ON h.payment_id = p.id \
         LEFT JOIN saved_method m ON m.id = h.saved_method_id LEFT JOIN orders o ON o.id = p.order_id \
         WHERE (p.flow = 'saved' OR h.payment_id IS NOT NULL) AND (p.flow <> 'saved' OR m.id IS NULL \
           OR m.connection_id <> p.connection_id OR m.customer_id <> COALESCE(o.customer_id, ''))";

    S26 "no money was taken by a charge that was never begun"
        "SELECT c.id FROM capture c JOIN charge h ON h.payment_id = c.payment_id WHERE h.begun_ms IS NULL";
}
