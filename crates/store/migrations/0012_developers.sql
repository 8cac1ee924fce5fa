-- What a test asked its payer to do: played by a job at the provider's simulator. Never in live mode.
CREATE TABLE rehearsal (
  payment_id TEXT {{c}} PRIMARY KEY REFERENCES payment (id),
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL CHECK (mode = 'test'),
  outcome TEXT NOT NULL,
  method TEXT,
  delay_ms BIGINT NOT NULL CHECK (delay_ms >= 0),
  clock_ms BIGINT NOT NULL CHECK (clock_ms >= 0),
  created_ms BIGINT NOT NULL,
  played_ms BIGINT,
  -- What the simulator said, where it refused.
  note TEXT
) {{strict}};

-- What a test key asks for with every payment, unless the request says otherwise.
CREATE TABLE rehearsal_usual (
  key_id TEXT {{c}} PRIMARY KEY REFERENCES api_key (id),
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL CHECK (mode = 'test'),
  outcome TEXT,
  method TEXT,
  delay_ms BIGINT,
  seed BIGINT,
  clock_ms BIGINT,
  updated_ms BIGINT NOT NULL
) {{strict}};

-- Events that somebody had sent again. Whoever reads events by a cursor finds them here.
CREATE TABLE resend (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  event_id TEXT {{c}} NOT NULL REFERENCES event (id),
  -- To so many endpoints.
  deliveries BIGINT NOT NULL CHECK (deliveries >= 0),
  asked_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL
) {{strict}};
CREATE INDEX resend_by_merchant ON resend (merchant_id, mode, created_ms, id);

-- What was said to providers and by them, as it came: read by those who watch it happen.
CREATE INDEX exchange_by_merchant ON exchange (merchant_id, mode, at_ms, id);
