//! The books: every fact posted once and rightly, every balance the sum of its lines.

super::invariants! {
    // A posting has one amount and two accounts, so this guards the view that others read.
    I01 "every entry balances per currency"
        "SELECT txn_id, currency FROM iv_ledger_line GROUP BY txn_id, currency \
         HAVING SUM(CASE direction WHEN 'D' THEN amount ELSE -amount END) <> 0";

    I02 "an entry has postings"
        "SELECT e.id FROM entry e WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = e.id)";

    I03 "a line has a positive amount and a known direction"
        "SELECT id FROM iv_ledger_line WHERE amount <= 0 OR direction NOT IN ('D', 'C')";

    I04 "each book is zero per mode and currency, in its balances as well (L1)"
        "SELECT book, mode, currency FROM iv_account GROUP BY book, mode, currency HAVING SUM(balance) <> 0";

    I05 "a balance is the sum of its lines, folded and unfolded"
        "SELECT id, CAST(SUM(minor) AS BIGINT) AS differ FROM ( \
           SELECT id, balance AS minor FROM iv_account UNION ALL \
           SELECT account_id, CASE direction WHEN 'D' THEN -amount ELSE amount END FROM iv_ledger_line) s \
         GROUP BY id HAVING SUM(minor) <> 0";

    // Both names have nine characters before the connection's id.
    I06 "an account named after a connection stands in its merchant's book, in its mode"
        "SELECT e.id, a.account FROM ( \
           SELECT entry_id, debit AS account FROM posting UNION ALL SELECT entry_id, credit FROM posting) a \
         JOIN entry e ON e.id = a.entry_id \
         LEFT JOIN connection c ON c.id = substr(a.account, 10) AND c.merchant_id = e.book AND c.mode = e.mode \
         WHERE (a.account LIKE 'provider:%' OR a.account LIKE 'settling:%') AND e.book <> 'platform' AND c.id IS NULL";

    // What stands beside it in the book of whoever lent the connection is S62's.
    I07 "each capture has exactly one entry in its merchant's book (L2)"
        "SELECT c.id FROM capture c LEFT JOIN entry e ON e.source_id = c.id AND e.kind = 'capture' \
           AND e.book = c.merchant_id GROUP BY c.id HAVING COUNT(e.id) <> 1";

    I07R "a processed refund is posted once more than it was reversed, any other as often (L2)"
        "SELECT r.id, r.status FROM refund r LEFT JOIN entry e ON e.source_id = r.id AND e.book = r.merchant_id \
         GROUP BY r.id, r.status \
         HAVING SUM(CASE e.kind WHEN 'refund' THEN 1 WHEN 'refund_returned' THEN -1 ELSE 0 END) \
           <> CASE r.status WHEN 'processed' THEN 1 ELSE 0 END";

    I08 "no entry without its fact (L2)"
        "SELECT e.id, e.source_type, e.source_id FROM entry e \
         LEFT JOIN capture c ON c.id = e.source_id \
           AND e.source_type = CASE WHEN e.book = c.merchant_id THEN 'capture' ELSE 'lent_capture' END \
         LEFT JOIN refund r ON r.id = e.source_id \
           AND e.source_type = CASE WHEN e.book = r.merchant_id THEN 'refund' ELSE 'lent_refund' END \
         WHERE c.id IS NULL AND r.id IS NULL";

    I09 "a capture's entry moves its amount from sales or suspense to its connection, or to what the platform owes"
        "SELECT c.id FROM capture c JOIN payment y ON y.id = c.payment_id \
         JOIN entry e ON e.source_id = c.id AND e.kind = 'capture' AND e.book = c.merchant_id \
         LEFT JOIN posting p ON p.entry_id = e.id GROUP BY c.id, c.amount_minor \
         HAVING COALESCE(SUM(p.amount_minor), 0) <> c.amount_minor \
           OR COALESCE(SUM(CASE WHEN p.debit = CASE WHEN y.fallback_id IS NULL THEN 'provider:' || c.connection_id \
               ELSE 'due_from_platform' END AND p.credit = c.credited \
             AND p.currency = c.currency THEN p.amount_minor ELSE 0 END), 0) <> c.amount_minor";

    I09R "a refund's entry takes its amount off its connection, or what the platform owes, from where the capture put it"
        "SELECT r.id, e.id AS entry FROM refund r JOIN payment y ON y.id = r.payment_id \
         JOIN entry e ON e.source_id = r.id AND e.kind = 'refund' AND e.book = r.merchant_id \
         LEFT JOIN posting p ON p.entry_id = e.id GROUP BY r.id, e.id, r.amount_minor \
         HAVING COALESCE(SUM(p.amount_minor), 0) <> r.amount_minor \
           OR COALESCE(SUM(CASE WHEN p.credit = CASE WHEN y.fallback_id IS NULL THEN 'provider:' || r.connection_id \
               ELSE 'due_from_platform' END AND p.currency = r.currency \
             AND p.debit = CASE r.debited WHEN 'sales' THEN 'refunds' ELSE 'suspense' END \
             THEN p.amount_minor ELSE 0 END), 0) <> r.amount_minor";

    L03 "a reversal is the exact mirror of one entry, and the only one"
        "SELECT b.id FROM entry b LEFT JOIN entry a \
           ON a.source_id = b.source_id AND a.kind = 'refund' AND a.nth = b.nth AND a.book = b.book AND a.mode = b.mode \
         WHERE b.kind = 'refund_returned' AND (a.id IS NULL \
           OR (SELECT COUNT(*) FROM posting p WHERE p.entry_id = a.id) \
             <> (SELECT COUNT(*) FROM posting p WHERE p.entry_id = b.id) \
           OR EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = b.id AND NOT EXISTS (SELECT 1 FROM posting q \
             WHERE q.entry_id = a.id AND q.n = p.n AND q.debit = p.credit AND q.credit = p.debit \
             AND q.amount_minor = p.amount_minor AND q.currency = p.currency)))";

    L05 "what stands at a connection is what it captured, less what it gave back"
        "SELECT account, currency, CAST(SUM(minor) AS BIGINT) AS differ FROM ( \
           SELECT debit AS account, currency, amount_minor AS minor FROM posting WHERE debit LIKE 'provider:%' UNION ALL \
           SELECT credit, currency, -amount_minor FROM posting WHERE credit LIKE 'provider:%' UNION ALL \
           SELECT 'provider:' || connection_id, currency, -amount_minor FROM capture UNION ALL \
           SELECT 'provider:' || connection_id, currency, amount_minor FROM refund WHERE status = 'processed') s \
         GROUP BY account, currency HAVING SUM(minor) <> 0";

    L11 "what is folded is each side's sum of the lines up to the watermark"
        "SELECT book, mode, account, currency FROM ( \
           SELECT book, mode, account, currency, debits, credits FROM balance UNION ALL \
           SELECT e.book, e.mode, p.debit, p.currency, -p.amount_minor, 0 FROM entry e \
             JOIN posting p ON p.entry_id = e.id \
             WHERE e.pos <= (SELECT COALESCE(MAX(w.pos), 0) FROM watermark w WHERE w.name = 'ledger') UNION ALL \
           SELECT e.book, e.mode, p.credit, p.currency, 0, -p.amount_minor FROM entry e \
             JOIN posting p ON p.entry_id = e.id \
             WHERE e.pos <= (SELECT COALESCE(MAX(w.pos), 0) FROM watermark w WHERE w.name = 'ledger')) s \
         GROUP BY book, mode, account, currency HAVING SUM(debits) <> 0 OR SUM(credits) <> 0";

    L13 "positions of entries and events have no gap"
        "SELECT what, n, newest FROM ( \
           SELECT 'entry' AS what, COUNT(pos) AS n, COALESCE(MAX(pos), 0) AS newest FROM entry UNION ALL \
           SELECT 'event', COUNT(pos), COALESCE(MAX(pos), 0) FROM event) s WHERE n <> newest";

    L13Q quiet "every entry and event has its position"
        "SELECT 'entry' AS what, id FROM entry WHERE pos IS NULL AND created_ms < $1 UNION ALL \
         SELECT 'event', id FROM event WHERE pos IS NULL AND created_ms < $1";

    L14 "a payment's captures and refunds are what was posted of them"
        "SELECT id, CAST(SUM(minor) AS BIGINT) AS differ FROM ( \
           SELECT id, refunded_minor - captured_minor AS minor FROM payment UNION ALL \
           SELECT p.id, o.amount_minor FROM capture c JOIN payment p ON p.id = c.payment_id \
             JOIN entry e ON e.source_id = c.id AND e.kind = 'capture' AND e.book = c.merchant_id \
             JOIN posting o ON o.entry_id = e.id AND o.currency = p.currency UNION ALL \
           SELECT p.id, CASE e.kind WHEN 'refund' THEN -o.amount_minor ELSE o.amount_minor END FROM refund r \
             JOIN payment p ON p.id = r.payment_id \
             JOIN entry e ON e.source_id = r.id AND e.kind IN ('refund', 'refund_returned') AND e.book = r.merchant_id \
             JOIN posting o ON o.entry_id = e.id AND o.currency = p.currency) s \
         GROUP BY id HAVING SUM(minor) <> 0";

    L15 "an entry stands in the book and mode of its fact, or in the book of whoever lent the connection"
        "SELECT e.id FROM entry e JOIN capture c ON c.id = e.source_id \
         LEFT JOIN payment y ON y.id = c.payment_id AND y.fallback_id IS NOT NULL \
         LEFT JOIN connection n ON n.id = y.connection_id \
         WHERE e.book NOT IN (c.merchant_id, 'platform', COALESCE(n.merchant_id, '')) OR e.mode <> c.mode UNION ALL \
         SELECT e.id FROM entry e JOIN refund r ON r.id = e.source_id \
         LEFT JOIN payment y ON y.id = r.payment_id AND y.fallback_id IS NOT NULL \
         LEFT JOIN connection n ON n.id = y.connection_id \
         WHERE e.book NOT IN (r.merchant_id, 'platform', COALESCE(n.merchant_id, '')) OR e.mode <> r.mode";
}
