-- The shape of what a key is answered and an endpoint is told. Those that were there before keep the shape that they know.
ALTER TABLE api_key ADD COLUMN api_version TEXT NOT NULL DEFAULT '2026-08-01';
ALTER TABLE endpoint ADD COLUMN api_version TEXT NOT NULL DEFAULT '2026-08-01';

-- Orders by the merchant's own reference, as it is written; and by that or the payer's address in any letters.
CREATE INDEX orders_by_receipt ON orders (merchant_id, mode, receipt);
CREATE INDEX orders_by_receipt_lower ON orders (merchant_id, mode, lower(receipt));
CREATE INDEX orders_by_payer_lower ON orders (merchant_id, mode, lower(payer_email));
