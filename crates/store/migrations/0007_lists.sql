-- What lists are narrowed to by metadata: each pair of an object as one word, `key=value`. Written with the object and
-- never changed. A payment has its order's.
CREATE TABLE metadata_pair (
  object_id TEXT {{c}} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('order', 'payment', 'refund')),
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  pair TEXT {{c}} NOT NULL,
  -- The object's own: pages of what has a pair are read off this table in their order.
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (object_id, pair)
) {{strict}};
CREATE INDEX metadata_pair_found ON metadata_pair (merchant_id, mode, kind, pair, created_ms, object_id);

-- What was there before.
{{lite}} INSERT INTO metadata_pair SELECT o.id, 'order', o.merchant_id, o.mode, j.key || '=' || j.value, o.created_ms FROM orders o, json_each(o.metadata) j;
{{pg}} INSERT INTO metadata_pair SELECT o.id, 'order', o.merchant_id, o.mode, j.key || '=' || j.value, o.created_ms FROM orders o, json_each_text(CAST(o.metadata AS JSON)) j;
{{lite}} INSERT INTO metadata_pair SELECT f.id, 'refund', f.merchant_id, f.mode, j.key || '=' || j.value, f.created_ms FROM refund f, json_each(f.metadata) j;
{{pg}} INSERT INTO metadata_pair SELECT f.id, 'refund', f.merchant_id, f.mode, j.key || '=' || j.value, f.created_ms FROM refund f, json_each_text(CAST(f.metadata AS JSON)) j;
INSERT INTO metadata_pair SELECT p.id, 'payment', p.merchant_id, p.mode, m.pair, p.created_ms FROM payment p JOIN metadata_pair m ON m.object_id = p.order_id;

-- The bank's own number, which people read off a statement.
CREATE INDEX payment_try_by_bank_ref ON payment_try (bank_ref) WHERE bank_ref IS NOT NULL;
