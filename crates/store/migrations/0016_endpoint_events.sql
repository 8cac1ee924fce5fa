-- An endpoint tells of itself now: that we disabled it. So many events it has, which the next one's number follows.
ALTER TABLE endpoint ADD COLUMN event_seq BIGINT NOT NULL DEFAULT 0;
