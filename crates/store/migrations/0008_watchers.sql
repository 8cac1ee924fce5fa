-- Readings of a provider's own lists over a connection, and what stands wrong with a connection's webhooks.

CREATE TABLE sweep (
  id TEXT {{c}} PRIMARY KEY,
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  from_ms BIGINT NOT NULL,
  to_ms BIGINT NOT NULL CHECK (to_ms > from_ms),
  cause TEXT NOT NULL CHECK (cause IN ('schedule', 'asked')),
  asked_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  -- Where the provider's list goes on; nothing before its first page.
  place TEXT,
  pages BIGINT NOT NULL CHECK (pages >= 0),
  items BIGINT NOT NULL CHECK (items >= 0),
  applied BIGINT NOT NULL CHECK (applied >= 0),
  parked BIGINT NOT NULL CHECK (parked >= 0),
  questioned BIGINT NOT NULL CHECK (questioned >= 0),
  -- Failures in a row of the page that is asked for now, and the last one.
  failures BIGINT NOT NULL CHECK (failures >= 0),
  error TEXT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  ended_ms BIGINT
) {{strict}};
-- Two readings of one list at one time would only do the work twice.
CREATE UNIQUE INDEX sweep_running ON sweep (connection_id) WHERE state = 'running';
CREATE INDEX sweep_by_connection ON sweep (connection_id, created_ms, id);

-- One row for each connection of which something was ever said.
CREATE TABLE webhook_alarm (
  connection_id TEXT {{c}} PRIMARY KEY REFERENCES connection (id),
  state TEXT NOT NULL CHECK (state IN ('well', 'silent', 'refused')),
  since_ms BIGINT NOT NULL,
  event_seq BIGINT NOT NULL CHECK (event_seq > 0)
) {{strict}};

-- The newest money of a connection, to see whether its webhooks came.
CREATE INDEX capture_by_connection ON capture (connection_id, created_ms);
