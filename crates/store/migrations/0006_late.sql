-- Whether the order stood closed when the capture became known: then it is late, whatever the provider dates it.
ALTER TABLE capture ADD COLUMN late BIGINT NOT NULL DEFAULT 0 CHECK (late IN (0, 1));
