-- Payers that a merchant knows. Personal data can be erased; ids stay.
CREATE TABLE customer (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  name TEXT,
  email TEXT,
  phone TEXT,
  metadata TEXT NOT NULL,
  erased_ms BIGINT,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CHECK (erased_ms IS NULL OR (name IS NULL AND email IS NULL AND phone IS NULL))
) {{strict}};
CREATE INDEX customer_by_merchant ON customer (merchant_id, mode, created_ms, id);

-- A provider's own record of a customer, made when something of theirs is first kept there.
CREATE TABLE provider_customer (
  customer_id TEXT {{c}} NOT NULL REFERENCES customer (id),
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  provider_customer TEXT {{c}} NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (customer_id, connection_id)
) {{strict}};

-- What a provider keeps for a customer: its token, sealed, and what may be shown of it.
CREATE TABLE saved_method (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  customer_id TEXT {{c}} NOT NULL REFERENCES customer (id),
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  -- The payment that it was learned from.
  payment_id TEXT {{c}} NOT NULL REFERENCES payment (id),
  state TEXT NOT NULL CHECK (state IN ('active', 'forgetting', 'deleted', 'gone')),
  -- The provider's token and its record of the payer, sealed. None once it is forgotten.
  token BYTEA,
  -- Tells one token from another without opening either.
  token_print TEXT {{c}} NOT NULL,
  method TEXT NOT NULL,
  network TEXT,
  last4 TEXT,
  expiry_month BIGINT,
  expiry_year BIGINT,
  label TEXT,
  is_default BIGINT NOT NULL CHECK (is_default IN (0, 1)),
  consent_ms BIGINT NOT NULL,
  consent_version TEXT NOT NULL,
  consent_ip TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CHECK ((state IN ('active', 'forgetting')) = (token IS NOT NULL)),
  CHECK (is_default = 0 OR state = 'active')
) {{strict}};
CREATE INDEX saved_method_by_customer ON saved_method (customer_id, created_ms, id);
CREATE UNIQUE INDEX saved_method_default ON saved_method (customer_id) WHERE is_default = 1;
CREATE UNIQUE INDEX saved_method_token ON saved_method (connection_id, token_print)
  WHERE state IN ('active', 'forgetting');

-- A payer's consent, given when a payment was begun, that what they pay with is kept.
CREATE TABLE consent (
  payment_id TEXT {{c}} PRIMARY KEY REFERENCES payment (id),
  customer_id TEXT {{c}} NOT NULL REFERENCES customer (id),
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  provider_customer TEXT {{c}} NOT NULL,
  at_ms BIGINT NOT NULL,
  -- Which text was agreed to.
  version TEXT NOT NULL,
  ip TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'kept', 'nothing'))
) {{strict}};
CREATE INDEX consent_by_customer ON consent (customer_id);

-- A saved method that we charge by ourselves. The charge is begun once, whatever becomes of it.
CREATE TABLE charge (
  payment_id TEXT {{c}} PRIMARY KEY REFERENCES payment (id),
  saved_method_id TEXT {{c}} NOT NULL REFERENCES saved_method (id),
  begun_ms BIGINT
) {{strict}};
CREATE INDEX charge_by_method ON charge (saved_method_id);

ALTER TABLE orders ADD COLUMN customer_id TEXT {{c}} REFERENCES customer (id);
-- Whether the payer's page offers what the customer has saved: whoever has the order's link then can charge it.
ALTER TABLE orders ADD COLUMN offer_saved BIGINT NOT NULL DEFAULT 0 CHECK (offer_saved IN (0, 1));
CREATE INDEX orders_by_customer ON orders (customer_id, created_ms, id) WHERE customer_id IS NOT NULL;
