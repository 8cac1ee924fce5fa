//! An outside verifier brings its own statements and knows the views only: those of SAFETY, section 3, as written there.

use super::healthy;
use crate::testing::Scratch;
use crate::{Tx, v};

mod clean {
    crate::statements! {
    I01 = "SELECT txn_id, currency FROM iv_ledger_line GROUP BY txn_id, currency
         HAVING SUM(CASE direction WHEN 'D' THEN amount ELSE -amount END) <> 0";
    I02 = "SELECT t.id FROM iv_ledger_txn t LEFT JOIN iv_ledger_line l ON l.txn_id=t.id GROUP BY t.id
         HAVING COUNT(l.id) < 2";
    I03 = "SELECT id FROM iv_ledger_line WHERE amount <= 0 OR direction NOT IN ('D','C')";
    I04 = "SELECT t.mode, l.currency FROM iv_ledger_line l JOIN iv_ledger_txn t ON t.id=l.txn_id
         GROUP BY t.mode, l.currency HAVING SUM(CASE l.direction WHEN 'D' THEN l.amount ELSE -l.amount END) <> 0";
    I05 = "SELECT a.id FROM iv_account a LEFT JOIN iv_ledger_line l ON l.account_id=a.id GROUP BY a.id, a.balance
         HAVING a.balance <> COALESCE(SUM(CASE l.direction WHEN 'D' THEN l.amount ELSE -l.amount END),0)";
    I06 = "SELECT l.id FROM iv_ledger_line l JOIN iv_account a ON a.id=l.account_id JOIN iv_ledger_txn t ON t.id=l.txn_id
         WHERE a.currency<>l.currency OR a.mode<>t.mode OR (a.merchant_id IS NOT NULL AND a.merchant_id<>t.merchant_id)";
    I07 = "SELECT c.id FROM iv_capture c LEFT JOIN iv_ledger_txn t ON t.source_type='capture' AND t.source_id=c.id
         GROUP BY c.id HAVING COUNT(t.id) <> 1";
    I08 = "SELECT t.id FROM iv_ledger_txn t LEFT JOIN iv_capture c ON c.id=t.source_id
         WHERE t.source_type='capture' AND c.id IS NULL";
    I09 = "SELECT c.id FROM iv_capture c JOIN iv_ledger_txn t ON t.source_type='capture' AND t.source_id=c.id
         JOIN iv_ledger_line l ON l.txn_id=t.id GROUP BY c.id, c.amount
         HAVING SUM(CASE WHEN l.direction='D' THEN l.amount ELSE 0 END) <> c.amount";
    I10 = "SELECT provider_account_id, provider_capture_id FROM iv_capture
         GROUP BY provider_account_id, provider_capture_id HAVING COUNT(*)>1";
    I12 = "SELECT order_id FROM iv_attempt WHERE status IN ('sending','pending','unknown') GROUP BY order_id
         HAVING COUNT(*)>1";
    I15 = "SELECT id FROM iv_refund WHERE needs_approval=1 AND status IN ('sent','unknown','succeeded')
         AND (approved_by IS NULL OR approved_by=requested_by OR approved_hash<>content_hash)";
    I16 = "SELECT merchant_id, mode, route, idem_key FROM iv_idem GROUP BY merchant_id, mode, route, idem_key
         HAVING COUNT(*)>1";
    I17 = "SELECT merchant_id, idem_key FROM iv_idem WHERE state='running' AND updated_at < 0";
    I18 = "SELECT id FROM iv_job WHERE (state='leased' AND lease_until < 0) OR (state='ready' AND run_at < 0)";
    I19 = "SELECT c.id FROM iv_capture c LEFT JOIN iv_event e ON e.type='payment.captured' AND e.source_id=c.id
         GROUP BY c.id HAVING COUNT(e.id)<>1";
    I21 = "SELECT source_type, source_id FROM iv_event GROUP BY source_type, source_id
         HAVING COUNT(*)<>MAX(seq) OR COUNT(*)<>COUNT(DISTINCT seq)";
    I22 = "SELECT id FROM iv_inbox WHERE verified=0 AND effect<>'none'";
    I22B = "SELECT provider_account_id, meaning_key FROM iv_inbox WHERE effect='applied'
         GROUP BY provider_account_id, meaning_key HAVING COUNT(*)>1";
    I23 = "SELECT x.id FROM iv_transition x LEFT JOIN iv_allowed a ON a.kind=x.kind AND a.from_state=x.from_state
         AND a.to_state=x.to_state WHERE a.kind IS NULL";
    I23B = "SELECT b.id FROM iv_transition b JOIN iv_transition a ON a.kind=b.kind AND a.object_id=b.object_id
         AND a.seq=b.seq-1 WHERE a.to_state<>b.from_state";
    I26 = "SELECT b.seq FROM iv_audit b LEFT JOIN iv_audit a ON a.chain=b.chain AND a.seq=b.seq-1
         WHERE b.seq>(SELECT MIN(m.seq) FROM iv_audit m WHERE m.chain=b.chain) AND (a.seq IS NULL OR a.hash<>b.prev_hash)";
    I34 = "SELECT id FROM iv_attempt WHERE status='unknown' AND sent_at < 0 AND escalated_at IS NULL";
    }
}

// The columns are there, but these ask for more than is promised: they know of no capture in another amount or
// currency, no refund made at the provider, no second payment of an order, no event that is not passed on yet.
mod stricter {
    crate::statements! {
    I11 = "SELECT o.id FROM iv_order o JOIN iv_capture c ON c.order_id=o.id GROUP BY o.id, o.amount
         HAVING SUM(c.amount) > o.amount AND NOT EXISTS (SELECT 1 FROM iv_discrepancy d
         WHERE d.order_id=o.id AND d.kind='overpaid')";
    I13 = "SELECT p.id FROM iv_payment p LEFT JOIN iv_refund r ON r.payment_id=p.id
         AND r.status NOT IN ('failed','rejected','cancelled') GROUP BY p.id, p.captured, p.disputed
         HAVING COALESCE(SUM(r.amount),0) + p.disputed > p.captured";
    I14 = "SELECT p.id FROM iv_payment p LEFT JOIN iv_capture c ON c.payment_id=p.id GROUP BY p.id, p.captured
         HAVING p.captured <> COALESCE(SUM(c.amount),0)";
    I20 = "SELECT e.id, p.id AS endpoint FROM iv_event e
         JOIN iv_endpoint p ON p.merchant_id=e.merchant_id AND p.mode=e.mode AND p.created_at<=e.created_at
         LEFT JOIN iv_delivery d ON d.event_id=e.id AND d.endpoint_id=p.id
           AND d.state IN ('delivered','parked','disabled','scheduled')
         WHERE d.id IS NULL AND p.wants_all=1";
    I24 = "SELECT o.id FROM iv_order o JOIN iv_payment p ON p.order_id=o.id WHERE (o.status='paid' AND p.captured<=0)
         OR (o.status IN ('failed','expired') AND p.captured-p.refunded>0)";
    I25 = "SELECT c.id FROM iv_capture c JOIN iv_attempt a ON a.id=c.attempt_id JOIN iv_order o ON o.id=a.order_id
         WHERE c.currency<>o.currency OR a.currency<>o.currency OR c.merchant_id<>o.merchant_id OR a.mode<>o.mode";
    I27 = "SELECT r.id FROM iv_refund r LEFT JOIN iv_audit u ON u.target_type='refund' AND u.target_id=r.id
         AND u.action='refund.create' WHERE u.seq IS NULL";
    }
}

#[tokio::test]
async fn safetys_own_statements_run_on_the_views() {
    for scratch in Scratch::each().await {
        let store = healthy(&scratch).await;
        for stmt in clean::ALL.iter().chain(stricter::ALL) {
            let rows = store.read(async move |tx: &mut Tx| tx.all(stmt, v![]).await).await.unwrap();
            let stricter = stricter::ALL.iter().any(|s| s.name == stmt.name);
            assert!(stricter || rows.is_empty(), "{}: {}: {} rows", scratch.engine(), stmt.name, rows.len());
        }
        scratch.done(store).await;
    }
}
