-- One text for both engines: BIGINT is INTEGER and BYTEA is BLOB on SQLite, {{c}} collates ids by bytes on PostgreSQL,
-- {{strict}} makes SQLite's tables strict. Money is minor units beside its currency; times are UTC milliseconds.

CREATE TABLE setting (
  name TEXT {{c}} PRIMARY KEY,
  value TEXT NOT NULL
) {{strict}};

-- What servers cache carries a version here, which they re-read within a second.
CREATE TABLE cache_version (
  name TEXT {{c}} PRIMARY KEY,
  version BIGINT NOT NULL
) {{strict}};

-- ---------------------------------------------------------------- people and accounts

CREATE TABLE organization (
  id TEXT {{c}} PRIMARY KEY,
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL
) {{strict}};

CREATE TABLE merchant (
  id TEXT {{c}} PRIMARY KEY,
  organization_id TEXT {{c}} NOT NULL REFERENCES organization (id),
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  late_success TEXT NOT NULL CHECK (late_success IN ('refund', 'accept')),
  created_ms BIGINT NOT NULL
) {{strict}};

CREATE TABLE person (
  id TEXT {{c}} PRIMARY KEY,
  email TEXT {{c}} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  organization_id TEXT {{c}} REFERENCES organization (id),
  merchant_id TEXT {{c}} REFERENCES merchant (id),
  password_hash TEXT NOT NULL,
  failures BIGINT NOT NULL,
  locked_until_ms BIGINT,
  disabled_ms BIGINT,
  created_ms BIGINT NOT NULL
) {{strict}};

CREATE TABLE session (
  token_hash TEXT {{c}} PRIMARY KEY,
  user_id TEXT {{c}} NOT NULL REFERENCES person (id),
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
) {{strict}};
CREATE INDEX session_by_user ON session (user_id);

CREATE TABLE api_key (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  last_used_ms BIGINT,
  revoked_ms BIGINT
) {{strict}};
CREATE INDEX api_key_by_merchant ON api_key (merchant_id, mode);

CREATE TABLE data_key (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  wrapped BYTEA NOT NULL,
  master_version BIGINT NOT NULL,
  created_ms BIGINT NOT NULL
) {{strict}};
CREATE INDEX data_key_by_merchant ON data_key (merchant_id);

-- Chained per merchant by the sequencer, which alone writes seq, prev_hash and hash, once.
CREATE TABLE audit (
  id TEXT {{c}} PRIMARY KEY,
  chain TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target_type TEXT NOT NULL,
  target_id TEXT {{c}} NOT NULL,
  detail TEXT NOT NULL,
  ip TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  seq BIGINT,
  prev_hash TEXT,
  hash TEXT
) {{strict}};
CREATE UNIQUE INDEX audit_by_chain ON audit (chain, seq);
CREATE INDEX audit_unchained ON audit (id) WHERE seq IS NULL;

-- ---------------------------------------------------------------- connections

CREATE TABLE connection (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  provider TEXT NOT NULL,
  label TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
  -- The same account twice would count its money twice.
  fingerprint TEXT {{c}} NOT NULL UNIQUE,
  key_hint TEXT NOT NULL,
  credentials BYTEA NOT NULL,
  webhook_token TEXT {{c}} NOT NULL UNIQUE,
  webhook_secret BYTEA,
  webhook_secret_old BYTEA,
  webhook_old_until_ms BIGINT,
  flows TEXT NOT NULL,
  enabled_features TEXT NOT NULL,
  min_minor BIGINT NOT NULL CHECK (min_minor > 0),
  max_minor BIGINT NOT NULL CHECK (max_minor >= min_minor),
  session_ms BIGINT NOT NULL CHECK (session_ms > 0),
  tested_ms BIGINT,
  test_result TEXT,
  updated_by TEXT NOT NULL,
  updated_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  version BIGINT NOT NULL
) {{strict}};
CREATE INDEX connection_by_merchant ON connection (merchant_id, mode);

-- ---------------------------------------------------------------- orders, payments, refunds

CREATE TABLE orders (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('created', 'attempted', 'paid', 'expired', 'cancelled')),
  attempted BIGINT NOT NULL CHECK (attempted IN (0, 1)),
  late_success TEXT NOT NULL CHECK (late_success IN ('refund', 'accept')),
  capture TEXT NOT NULL CHECK (capture IN ('automatic', 'manual')),
  receipt TEXT,
  description TEXT,
  payer_name TEXT,
  payer_email TEXT,
  payer_phone TEXT,
  metadata TEXT NOT NULL,
  return_url TEXT,
  expires_ms BIGINT,
  expired_ms BIGINT,
  cancelled_ms BIGINT,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  event_seq BIGINT NOT NULL
) {{strict}};
CREATE INDEX orders_by_merchant ON orders (merchant_id, mode, created_ms, id);

CREATE TABLE payment (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  order_id TEXT {{c}} NOT NULL REFERENCES orders (id),
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  after_id TEXT {{c}} REFERENCES payment (id),
  our_ref TEXT {{c}} NOT NULL UNIQUE,
  flow TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('created', 'pending', 'authorized', 'captured', 'failed', 'expired', 'cancelled')),
  opened BIGINT NOT NULL CHECK (opened IN (0, 1)),
  refused_ms BIGINT,
  refused_reason TEXT,
  lapsed BIGINT NOT NULL CHECK (lapsed IN (0, 1)),
  cancelled BIGINT NOT NULL CHECK (cancelled IN (0, 1)),
  unknown_ms BIGINT,
  answered_ms BIGINT,
  in_doubt_ms BIGINT,
  escalated_ms BIGINT,
  -- The first definite "no such order" of a provider that was silent when we opened it.
  missing_ms BIGINT,
  failure TEXT,
  method TEXT,
  captured_minor BIGINT NOT NULL CHECK (captured_minor >= 0),
  refunded_minor BIGINT NOT NULL CHECK (refunded_minor >= 0),
  -- What our own refunds hold, pending ones included. The cap of SAFETY T20 stands behind the conditional update.
  reserved_minor BIGINT NOT NULL CHECK (reserved_minor >= 0 AND reserved_minor <= captured_minor),
  -- Refunds made at the provider: facts, not capped.
  adopted_minor BIGINT NOT NULL CHECK (adopted_minor >= 0),
  provider_order TEXT {{c}},
  handle TEXT,
  payer_ip TEXT,
  payer_agent TEXT,
  expires_ms BIGINT NOT NULL,
  next_poll_ms BIGINT,
  polls BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  event_seq BIGINT NOT NULL
) {{strict}};
CREATE INDEX payment_by_merchant ON payment (merchant_id, mode, created_ms, id);
CREATE INDEX payment_by_order ON payment (order_id);
CREATE UNIQUE INDEX payment_by_provider_order ON payment (connection_id, provider_order)
  WHERE provider_order IS NOT NULL;
CREATE INDEX payment_in_doubt ON payment (merchant_id, mode, in_doubt_ms) WHERE in_doubt_ms IS NOT NULL;

CREATE TABLE payment_try (
  payment_id TEXT {{c}} NOT NULL REFERENCES payment (id),
  provider_payment TEXT {{c}} NOT NULL,
  connection_id TEXT {{c}} NOT NULL,
  first_ms BIGINT NOT NULL,
  failure_ms BIGINT,
  failure TEXT,
  authorized_minor BIGINT,
  authorized_currency TEXT,
  released BIGINT NOT NULL CHECK (released IN (0, 1)),
  captured_minor BIGINT,
  captured_currency TEXT,
  captured_ms BIGINT,
  contradicted BIGINT NOT NULL CHECK (contradicted IN (0, 1)),
  method TEXT,
  instrument TEXT,
  bank_ref TEXT,
  provider_code TEXT,
  quoted_fee BIGINT,
  quoted_tax BIGINT,
  PRIMARY KEY (payment_id, provider_payment)
) {{strict}};
-- A provider's payment pays one thing, once.
CREATE UNIQUE INDEX payment_try_by_provider ON payment_try (connection_id, provider_payment);

CREATE TABLE capture (
  id TEXT {{c}} PRIMARY KEY,
  payment_id TEXT {{c}} NOT NULL REFERENCES payment (id),
  order_id TEXT {{c}} NOT NULL REFERENCES orders (id),
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  connection_id TEXT {{c}} NOT NULL,
  provider_payment TEXT {{c}} NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  credited TEXT NOT NULL CHECK (credited IN ('sales', 'suspense')),
  at_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL
) {{strict}};
CREATE UNIQUE INDEX capture_by_provider ON capture (connection_id, provider_payment);
CREATE INDEX capture_by_order ON capture (order_id);

CREATE TABLE refund (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  payment_id TEXT {{c}} NOT NULL REFERENCES payment (id),
  order_id TEXT {{c}} NOT NULL REFERENCES orders (id),
  connection_id TEXT {{c}} NOT NULL,
  provider_payment TEXT {{c}} NOT NULL,
  our_ref TEXT {{c}} NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('ours', 'provider')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  debited TEXT NOT NULL CHECK (debited IN ('sales', 'suspense')),
  reason TEXT NOT NULL,
  note TEXT,
  metadata TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('requested', 'processing', 'processed', 'failed')),
  accepted BIGINT NOT NULL CHECK (accepted IN (0, 1)),
  last_ms BIGINT,
  last_final TEXT CHECK (last_final IN ('processed', 'failed')),
  unknown_ms BIGINT,
  answered_ms BIGINT,
  in_doubt_ms BIGINT,
  failure TEXT,
  provider_refund TEXT {{c}},
  bank_ref TEXT,
  next_poll_ms BIGINT,
  polls BIGINT NOT NULL,
  requested_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  event_seq BIGINT NOT NULL
) {{strict}};
CREATE INDEX refund_by_merchant ON refund (merchant_id, mode, created_ms, id);
CREATE INDEX refund_by_payment ON refund (payment_id);
CREATE UNIQUE INDEX refund_by_provider ON refund (connection_id, provider_refund) WHERE provider_refund IS NOT NULL;

-- Every move of a machine, with what caused it.
CREATE TABLE transition (
  object_id TEXT {{c}} NOT NULL,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('order', 'payment', 'refund')),
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  cause TEXT NOT NULL,
  evidence TEXT {{c}},
  at_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (object_id, seq)
) {{strict}};

-- One request to a provider and its answer, secrets hidden.
CREATE TABLE exchange (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  connection_id TEXT {{c}} NOT NULL,
  object_id TEXT {{c}} NOT NULL,
  purpose TEXT NOT NULL,
  request_line TEXT NOT NULL,
  request_headers TEXT NOT NULL,
  request_body TEXT NOT NULL,
  status BIGINT,
  outcome TEXT NOT NULL,
  response_headers TEXT NOT NULL,
  response_body TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  took_ms BIGINT NOT NULL
) {{strict}};
CREATE INDEX exchange_by_object ON exchange (object_id, at_ms);

CREATE TABLE discrepancy (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- What it is about, so that it is opened once: the provider's payment or refund.
  subject TEXT {{c}} NOT NULL,
  connection_id TEXT {{c}} NOT NULL,
  order_id TEXT {{c}},
  payment_id TEXT {{c}},
  amount_minor BIGINT,
  currency TEXT,
  detail TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
  opened_ms BIGINT NOT NULL
) {{strict}};
CREATE UNIQUE INDEX discrepancy_once ON discrepancy (connection_id, kind, subject);
CREATE INDEX discrepancy_by_merchant ON discrepancy (merchant_id, mode, opened_ms);
CREATE INDEX discrepancy_by_payment ON discrepancy (payment_id);

-- Money on the merchant's account at the provider that is not ours: seen, kept apart, never counted.
CREATE TABLE parked (
  connection_id TEXT {{c}} NOT NULL,
  provider_object TEXT {{c}} NOT NULL,
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount_minor BIGINT,
  currency TEXT,
  notice_id TEXT {{c}} NOT NULL,
  seen_ms BIGINT NOT NULL,
  PRIMARY KEY (connection_id, provider_object)
) {{strict}};

-- ---------------------------------------------------------------- messages in

CREATE TABLE notice (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  connection_id TEXT {{c}} NOT NULL,
  received_ms BIGINT NOT NULL,
  headers TEXT NOT NULL,
  body BYTEA NOT NULL,
  verified BIGINT NOT NULL CHECK (verified IN (0, 1)),
  verdict TEXT NOT NULL,
  grade TEXT,
  kind TEXT,
  event_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('received', 'done', 'failed', 'refused')),
  effect TEXT NOT NULL CHECK (effect IN ('none', 'applied', 'same', 'asked', 'parked')),
  meaning_key TEXT {{c}},
  object_id TEXT {{c}},
  detail TEXT,
  worked_ms BIGINT
) {{strict}};
CREATE INDEX notice_by_connection ON notice (connection_id, received_ms, id);
CREATE INDEX notice_by_object ON notice (object_id) WHERE object_id IS NOT NULL;
CREATE UNIQUE INDEX notice_meaning_once ON notice (connection_id, meaning_key) WHERE effect = 'applied';

-- ---------------------------------------------------------------- the books

CREATE TABLE entry (
  id TEXT {{c}} PRIMARY KEY,
  book TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  kind TEXT NOT NULL,
  source_type TEXT NOT NULL,
  source_id TEXT {{c}} NOT NULL,
  -- The how-many-eth of its kind for its source: 1, but for a refund that came back and went again.
  nth BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  -- Written once, by the sequencer.
  pos BIGINT
) {{strict}};
CREATE UNIQUE INDEX entry_once ON entry (source_id, kind, nth, book);
CREATE UNIQUE INDEX entry_by_pos ON entry (pos);
CREATE INDEX entry_unsequenced ON entry (id) WHERE pos IS NULL;

CREATE TABLE posting (
  entry_id TEXT {{c}} NOT NULL REFERENCES entry (id),
  n BIGINT NOT NULL,
  debit TEXT {{c}} NOT NULL,
  credit TEXT {{c}} NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  CHECK (debit <> credit),
  PRIMARY KEY (entry_id, n)
) {{strict}};

-- Folded up to the watermark `ledger`; readers add the rest.
CREATE TABLE balance (
  book TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  account TEXT {{c}} NOT NULL,
  currency TEXT NOT NULL,
  debits BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  PRIMARY KEY (book, mode, account, currency)
) {{strict}};

-- How far each follower of positions has come.
CREATE TABLE watermark (
  name TEXT {{c}} PRIMARY KEY,
  pos BIGINT NOT NULL
) {{strict}};

-- ---------------------------------------------------------------- events and messages out

CREATE TABLE event (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  type TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT {{c}} NOT NULL,
  seq BIGINT NOT NULL,
  capture_id TEXT {{c}},
  created_ms BIGINT NOT NULL,
  body TEXT NOT NULL,
  pos BIGINT
) {{strict}};
CREATE UNIQUE INDEX event_by_pos ON event (pos);
CREATE INDEX event_by_merchant ON event (merchant_id, mode, pos);
CREATE INDEX event_unsequenced ON event (id) WHERE pos IS NULL;

CREATE TABLE endpoint (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  url TEXT NOT NULL,
  description TEXT,
  -- Event types, comma separated, or a star for all.
  events TEXT NOT NULL,
  secret BYTEA NOT NULL,
  secret_old BYTEA,
  secret_old_until_ms BIGINT,
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
  disabled_reason TEXT,
  failing_since_ms BIGINT,
  -- Events after this position are its business.
  after_pos BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  version BIGINT NOT NULL
) {{strict}};
CREATE INDEX endpoint_by_merchant ON endpoint (merchant_id, mode);

CREATE TABLE delivery (
  id TEXT {{c}} PRIMARY KEY,
  event_id TEXT {{c}} NOT NULL REFERENCES event (id),
  endpoint_id TEXT {{c}} NOT NULL REFERENCES endpoint (id),
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  event_type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'delivered', 'exhausted', 'disabled')),
  attempts BIGINT NOT NULL,
  next_ms BIGINT,
  last_status BIGINT,
  created_ms BIGINT NOT NULL,
  done_ms BIGINT
) {{strict}};
CREATE UNIQUE INDEX delivery_once ON delivery (event_id, endpoint_id);
CREATE INDEX delivery_by_endpoint ON delivery (endpoint_id, created_ms, id);

CREATE TABLE delivery_try (
  delivery_id TEXT {{c}} NOT NULL REFERENCES delivery (id),
  n BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  took_ms BIGINT NOT NULL,
  status BIGINT,
  error TEXT,
  response TEXT NOT NULL,
  PRIMARY KEY (delivery_id, n)
) {{strict}};

-- ---------------------------------------------------------------- requests and jobs

CREATE TABLE idempotency (
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  key TEXT {{c}} NOT NULL,
  body_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done')),
  -- What the first request made, so that a crash in the middle is finished and not repeated.
  object_id TEXT {{c}},
  status BIGINT,
  body TEXT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, mode, key)
) {{strict}};
CREATE INDEX idempotency_by_age ON idempotency (created_ms);

CREATE TABLE job (
  id TEXT {{c}} PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT {{c}} NOT NULL,
  merchant_id TEXT {{c}},
  mode TEXT,
  state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'dead')),
  run_ms BIGINT NOT NULL,
  -- Asked for again while it ran: when.
  again_ms BIGINT,
  attempt BIGINT NOT NULL,
  lease_until_ms BIGINT,
  fence BIGINT NOT NULL,
  last_error TEXT,
  created_ms BIGINT NOT NULL
) {{strict}};
-- One live job per kind and key: finished ones are deleted.
CREATE UNIQUE INDEX job_once ON job (kind, key);
CREATE INDEX job_ready ON job (run_ms) WHERE state = 'ready';
CREATE INDEX job_leased ON job (lease_until_ms) WHERE state = 'leased';

CREATE TABLE job_count (
  kind TEXT {{c}} NOT NULL,
  day BIGINT NOT NULL,
  done BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  PRIMARY KEY (kind, day)
) {{strict}};

CREATE TABLE schedule (
  name TEXT {{c}} PRIMARY KEY,
  next_ms BIGINT NOT NULL
) {{strict}};

-- Hourly figures for the home page, folded from events by position.
CREATE TABLE hourly (
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  hour_ms BIGINT NOT NULL,
  currency TEXT NOT NULL,
  -- captured, refunded, failed, and what they are split by: all, method:upi, reason:bank_down.
  what TEXT {{c}} NOT NULL,
  split TEXT {{c}} NOT NULL,
  count BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, mode, hour_ms, currency, what, split)
) {{strict}};
