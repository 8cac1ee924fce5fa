-- Inspection views: the same names and columns on both engines, stable for outside verifiers and auditors. `hundi
-- verify` and SAFETY's statements read these. Amounts are minor units, times UTC milliseconds.

CREATE VIEW iv_order AS
SELECT id, merchant_id, mode, amount_minor AS amount, currency, status, created_ms AS created_at
FROM orders;

-- An attempt is a payment. Its status says what the order's guard asks: sending, pending and unknown are open. One that
-- a later payment of the order names is superseded, where the merchant gives late money back, or where the provider
-- had not opened it when the later one began, so that the payer never saw it.
CREATE VIEW iv_attempt AS
SELECT p.id, p.order_id, p.merchant_id, p.mode, p.connection_id AS provider_account_id, p.amount_minor AS amount,
  p.currency,
  CASE
    WHEN p.in_doubt_ms IS NULL AND p.status NOT IN ('created', 'pending') THEN p.status
    WHEN EXISTS (
      SELECT 1 FROM payment n WHERE n.order_id = p.order_id AND n.after_id = p.id AND (o.late_success = 'refund'
        OR NOT EXISTS (SELECT 1 FROM transition t WHERE t.object_id = p.id AND t.to_state = 'pending'
          AND t.created_ms < n.created_ms))
    ) THEN 'superseded'
    WHEN p.in_doubt_ms IS NOT NULL THEN 'unknown'
    WHEN p.status = 'created' THEN 'sending'
    ELSE 'pending'
  END AS status,
  p.in_doubt_ms AS in_doubt_at, COALESCE(p.in_doubt_ms, p.created_ms) AS sent_at, p.escalated_ms AS escalated_at,
  p.created_ms AS created_at
FROM payment p JOIN orders o ON o.id = p.order_id;

CREATE VIEW iv_payment AS
SELECT id, order_id, merchant_id, mode, connection_id AS provider_account_id, amount_minor AS amount, currency, status,
  captured_minor AS captured, refunded_minor AS refunded, CAST(0 AS BIGINT) AS disputed, created_ms AS created_at
FROM payment;

CREATE VIEW iv_capture AS
SELECT id, payment_id, payment_id AS attempt_id, order_id, merchant_id, mode, connection_id AS provider_account_id,
  provider_payment AS provider_capture_id, amount_minor AS amount, currency, credited, at_ms AS captured_at
FROM capture;

-- Nothing needs a second person's approval yet.
CREATE VIEW iv_refund AS
SELECT id, payment_id, order_id, merchant_id, mode, amount_minor AS amount, currency, status, origin, requested_by,
  CAST(0 AS BIGINT) AS needs_approval, CAST(NULL AS TEXT) AS approved_by, CAST(NULL AS TEXT) AS approved_hash,
  CAST(NULL AS TEXT) AS content_hash, created_ms AS created_at
FROM refund;

-- The platform's own entries have no merchant.
CREATE VIEW iv_ledger_txn AS
SELECT id, book, CASE WHEN book = 'platform' THEN NULL ELSE book END AS merchant_id, mode, kind, source_type, source_id,
  nth, pos, at_ms AS booked_at, created_ms AS created_at
FROM entry;

CREATE VIEW iv_ledger_line AS
SELECT p.entry_id || ':' || CAST(p.n AS TEXT) || ':D' AS id, p.entry_id AS txn_id,
  e.book || '|' || e.mode || '|' || p.debit || '|' || p.currency AS account_id, 'D' AS direction,
  p.amount_minor AS amount, p.currency
FROM posting p JOIN entry e ON e.id = p.entry_id
UNION ALL
SELECT p.entry_id || ':' || CAST(p.n AS TEXT) || ':C', p.entry_id,
  e.book || '|' || e.mode || '|' || p.credit || '|' || p.currency, 'C', p.amount_minor, p.currency
FROM posting p JOIN entry e ON e.id = p.entry_id;

-- Debit positive: what is folded, and what the watermark has not passed.
CREATE VIEW iv_account AS
SELECT s.book || '|' || s.mode || '|' || s.account || '|' || s.currency AS id, s.book,
  CASE WHEN s.book = 'platform' THEN NULL ELSE s.book END AS merchant_id, s.mode, s.account, s.currency,
  CAST(SUM(s.minor) AS BIGINT) AS balance
FROM (
  SELECT book, mode, account, currency, debits - credits AS minor FROM balance
  UNION ALL
  SELECT e.book, e.mode, p.debit, p.currency, p.amount_minor FROM entry e JOIN posting p ON p.entry_id = e.id
  WHERE e.pos IS NULL OR e.pos > (SELECT COALESCE(MAX(w.pos), 0) FROM watermark w WHERE w.name = 'ledger')
  UNION ALL
  SELECT e.book, e.mode, p.credit, p.currency, -p.amount_minor FROM entry e JOIN posting p ON p.entry_id = e.id
  WHERE e.pos IS NULL OR e.pos > (SELECT COALESCE(MAX(w.pos), 0) FROM watermark w WHERE w.name = 'ledger')
) s
GROUP BY s.book, s.mode, s.account, s.currency;

-- A key counts for all routes of a merchant.
CREATE VIEW iv_idem AS
SELECT merchant_id, mode, '' AS route, key AS idem_key, state, object_id AS resource_id, created_ms AS created_at,
  updated_ms AS updated_at
FROM idempotency;

CREATE VIEW iv_job AS
SELECT id, kind, key, state, run_ms AS run_at, lease_until_ms AS lease_until, attempt, created_ms AS created_at
FROM job;

-- An event stands under its object. One that tells of a capture stands under the capture as well, and as captured
-- whatever account the money went to. The test button's events tell no fact and are left out.
CREATE VIEW iv_event AS
SELECT id, merchant_id, mode, type, object_type AS source_type, object_id AS source_id, seq, pos,
  created_ms AS created_at
FROM event WHERE object_type <> 'endpoint'
UNION ALL
SELECT id, merchant_id, mode, 'payment.captured', 'capture', capture_id, 1, pos, created_ms
FROM event WHERE capture_id IS NOT NULL;

CREATE VIEW iv_delivery AS
SELECT id, event_id, endpoint_id, merchant_id, mode, state, attempts, created_ms AS created_at, done_ms AS done_at
FROM delivery;

CREATE VIEW iv_endpoint AS
SELECT id, merchant_id, mode, state, events, CASE WHEN events = '*' THEN 1 ELSE 0 END AS wants_all, after_pos,
  created_ms AS created_at
FROM endpoint;

-- A message without a meaning means itself.
CREATE VIEW iv_inbox AS
SELECT id, merchant_id, mode, connection_id AS provider_account_id, COALESCE(meaning_key, id) AS meaning_key, verified,
  grade, state, effect, received_ms AS received_at
FROM notice;

-- Moves are numbered by the object's events, which leaves gaps; here they count 1, 2, 3.
CREATE VIEW iv_transition AS
SELECT object_id || ':' || CAST(seq AS TEXT) AS id, kind, object_id,
  ROW_NUMBER() OVER (PARTITION BY object_id ORDER BY seq) AS seq, from_state, to_state, cause, created_ms AS created_at
FROM transition;

-- Every move that the machines of `hundi_core` can make. A test derives the list from them.
CREATE VIEW iv_allowed (kind, from_state, to_state) AS VALUES
  ('order', 'attempted', 'cancelled'),
  ('order', 'attempted', 'expired'),
  ('order', 'attempted', 'paid'),
  ('order', 'cancelled', 'paid'),
  ('order', 'created', 'attempted'),
  ('order', 'created', 'cancelled'),
  ('order', 'created', 'expired'),
  ('order', 'created', 'paid'),
  ('order', 'expired', 'paid'),
  ('payment', 'authorized', 'cancelled'),
  ('payment', 'authorized', 'captured'),
  ('payment', 'authorized', 'expired'),
  ('payment', 'authorized', 'failed'),
  ('payment', 'authorized', 'pending'),
  ('payment', 'cancelled', 'captured'),
  ('payment', 'created', 'authorized'),
  ('payment', 'created', 'cancelled'),
  ('payment', 'created', 'captured'),
  ('payment', 'created', 'expired'),
  ('payment', 'created', 'failed'),
  ('payment', 'created', 'pending'),
  ('payment', 'expired', 'authorized'),
  ('payment', 'expired', 'cancelled'),
  ('payment', 'expired', 'captured'),
  ('payment', 'expired', 'failed'),
  ('payment', 'failed', 'authorized'),
  ('payment', 'failed', 'cancelled'),
  ('payment', 'failed', 'captured'),
  ('payment', 'pending', 'authorized'),
  ('payment', 'pending', 'cancelled'),
  ('payment', 'pending', 'captured'),
  ('payment', 'pending', 'expired'),
  ('payment', 'pending', 'failed'),
  ('refund', 'failed', 'processed'),
  ('refund', 'processed', 'failed'),
  ('refund', 'processing', 'failed'),
  ('refund', 'processing', 'processed'),
  ('refund', 'requested', 'failed'),
  ('refund', 'requested', 'processed'),
  ('refund', 'requested', 'processing');

-- Chained per merchant. `seq` is null until the sequencer has been there.
CREATE VIEW iv_audit AS
SELECT id, chain, seq, prev_hash, hash, mode, actor, action, target_type, target_id, at_ms AS at
FROM audit;

CREATE VIEW iv_discrepancy AS
SELECT id, merchant_id, mode, kind, subject, order_id, payment_id, amount_minor AS amount, currency, state,
  opened_ms AS created_at
FROM discrepancy;
