-- What a key may do, by the names of its scopes, comma separated. A key from before may do what every key could then.
ALTER TABLE api_key ADD COLUMN scopes TEXT NOT NULL DEFAULT 'payments:read,payments:write,refunds:write,connections:read,webhooks:read,webhooks:write,books:read,exports:read,routing:write';
-- After this it opens nothing. Null: it goes on until it is revoked.
ALTER TABLE api_key ADD COLUMN expires_ms BIGINT;
-- Networks that it may be used from, comma separated: `203.0.113.9/32`. Empty: from anywhere.
ALTER TABLE api_key ADD COLUMN networks TEXT NOT NULL DEFAULT '';
-- The key that takes its place.
ALTER TABLE api_key ADD COLUMN replaced_by TEXT {{c}} REFERENCES api_key (id);
