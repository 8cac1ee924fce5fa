-- A merchant's routing rules: one list, changed as a whole.
CREATE TABLE routing (
  merchant_id TEXT {{c}} NOT NULL REFERENCES merchant (id),
  mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  rules TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, mode)
) {{strict}};

-- What connections' work came to: breakers are read off it, and it is thrown away after an hour.
CREATE TABLE outcome (
  id TEXT {{c}} PRIMARY KEY,
  connection_id TEXT {{c}} NOT NULL REFERENCES connection (id),
  -- Empty where it says something about every method.
  method TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('good', 'bad', 'trial'))
) {{strict}};
CREATE INDEX outcome_by_connection ON outcome (connection_id, at_ms);
CREATE INDEX outcome_by_time ON outcome (at_ms);
