-- How much of a hold the merchant last asked to take, and when: what a capture then has to come to.
ALTER TABLE payment ADD COLUMN capture_asked_ms BIGINT;
ALTER TABLE payment ADD COLUMN capture_asked_minor BIGINT CHECK (capture_asked_minor > 0);

-- What a merchant decided about its payments in one mode. Without a row, its own default counts.
CREATE TABLE policy (
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  late_success TEXT NOT NULL CHECK (late_success IN ('refund', 'accept')),
  updated_by TEXT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, mode)
) {{strict}};
