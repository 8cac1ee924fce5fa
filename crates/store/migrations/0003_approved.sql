-- The payer agreed, and the provider waits for our word to take the money.
ALTER TABLE payment ADD COLUMN approved BIGINT NOT NULL DEFAULT 0 CHECK (approved IN (0, 1));
