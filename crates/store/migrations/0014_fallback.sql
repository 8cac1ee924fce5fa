-- The platform's own account, lent to merchants: an offer, and the agreement that it becomes. A row is never used again
-- once it ended, so that each payment names what stood when it began.
CREATE TABLE fallback (
  id TEXT {{c}} PRIMARY KEY,
  -- Whom it is offered to.
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  -- The platform's.
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  offered_by TEXT NOT NULL,
  offered_ms BIGINT NOT NULL,
  accepted_by TEXT,
  accepted_ms BIGINT,
  ended_by TEXT,
  -- Who wanted it no longer.
  ended_side TEXT CHECK (ended_side IN ('platform', 'merchant')),
  ended_ms BIGINT,
  CHECK ((accepted_ms IS NULL) = (accepted_by IS NULL)),
  CHECK ((ended_ms IS NULL) = (ended_by IS NULL)),
  CHECK ((ended_ms IS NULL) = (ended_side IS NULL)),
  CHECK (accepted_ms IS NULL OR accepted_ms >= offered_ms),
  CHECK (ended_ms IS NULL OR ended_ms >= COALESCE(accepted_ms, offered_ms))
) {{strict}};
-- One stands for each merchant and mode.
CREATE UNIQUE INDEX fallback_standing ON fallback (merchant_id, mode) WHERE ended_ms IS NULL;
CREATE INDEX fallback_by_connection ON fallback (connection_id, offered_ms, id);

-- The agreement by which a payment goes through the platform's connection; nothing where it is the merchant's own.
ALTER TABLE payment ADD COLUMN fallback_id TEXT {{c}} REFERENCES fallback (id);
CREATE INDEX payment_by_fallback ON payment (fallback_id, created_ms) WHERE fallback_id IS NOT NULL;
CREATE INDEX payment_lent ON payment (connection_id, created_ms) WHERE fallback_id IS NOT NULL;
