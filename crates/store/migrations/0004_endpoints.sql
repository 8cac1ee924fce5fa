-- How an endpoint is signed for, and how it wants to be served.
ALTER TABLE endpoint ADD COLUMN signature TEXT NOT NULL DEFAULT 'hmac' CHECK (signature IN ('hmac', 'ed25519'));
ALTER TABLE endpoint ADD COLUMN public_key TEXT;
-- standard, first_five, or the gaps between tries in seconds, comma separated.
ALTER TABLE endpoint ADD COLUMN retries TEXT NOT NULL DEFAULT 'standard';
ALTER TABLE endpoint ADD COLUMN rate_per_sec BIGINT CHECK (rate_per_sec BETWEEN 1 AND 100);
ALTER TABLE endpoint ADD COLUMN ordered BIGINT NOT NULL DEFAULT 0 CHECK (ordered IN (0, 1));
-- Tries that failed since the last one that succeeded.
ALTER TABLE endpoint ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;

-- When the bucket of an endpoint with a rate will be full again. A table of its own: it is written at every try, and
-- must not stand in the way of whoever changes the endpoint.
CREATE TABLE endpoint_pace (
  endpoint_id TEXT {{c}} PRIMARY KEY REFERENCES endpoint (id),
  next_ms BIGINT NOT NULL
) {{strict}};

-- What the event is about, for endpoints that want the events of an object one after the other.
ALTER TABLE delivery ADD COLUMN object_id TEXT {{c}};
ALTER TABLE delivery ADD COLUMN seq BIGINT;
-- Sent again: since when, and after how many tries.
ALTER TABLE delivery ADD COLUMN round_ms BIGINT;
ALTER TABLE delivery ADD COLUMN round_n BIGINT NOT NULL DEFAULT 0;
CREATE INDEX delivery_waiting ON delivery (endpoint_id, object_id, seq) WHERE state = 'scheduled';
CREATE INDEX delivery_again ON delivery (endpoint_id, round_ms) WHERE state = 'scheduled' AND round_ms IS NOT NULL;

-- Where a try went: the endpoint may have another address since.
ALTER TABLE delivery_try ADD COLUMN url TEXT;

-- Events of a stretch of time that are sent to an endpoint again, chunk by chunk.
CREATE TABLE replay (
  id TEXT {{c}} PRIMARY KEY,
  endpoint_id TEXT {{c}} NOT NULL REFERENCES endpoint (id),
  merchant_id TEXT {{c}} NOT NULL,
  mode TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  -- Event types, comma separated, or a star for all that the endpoint wants.
  events TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
  -- Events up to this position were looked at. Null until the first was found.
  pos BIGINT,
  -- The round of the last chunk, which is tried before the next one begins.
  chunk_ms BIGINT,
  enqueued BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  done_ms BIGINT
) {{strict}};
CREATE INDEX replay_by_endpoint ON replay (endpoint_id, created_ms, id);
