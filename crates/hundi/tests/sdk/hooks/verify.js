// The published library for Node verifies what hundi delivered: with each secret that signs then, and with no other.
// It knows nothing of Ed25519 (`v1a`) yet: that is verified as the standard says, with Node's own crypto.
"use strict";

const assert = require("node:assert");
const crypto = require("node:crypto");
const fs = require("node:fs");
const { Webhook, WebhookVerificationError } = require("standardwebhooks");

function verifies(secret, headers, body) {
  try {
    assert.deepStrictEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

// What SubjectPublicKeyInfo puts before the 32 bytes of a key.
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

function verifiesPublic(publicKey, headers, body) {
  const raw = Buffer.from(publicKey.slice("whpk_".length), "base64");
  const key = crypto.createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
  const said = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  const signatures = headers["webhook-signature"].split(" ").filter((one) => one.startsWith("v1a,"));
  return signatures.some((one) => crypto.verify(null, said, key, Buffer.from(one.slice(4), "base64")));
}

const messages = JSON.parse(fs.readFileSync(0, "utf8"));
for (const { headers, body, secrets, others, public_keys, other_public_keys } of messages) {
  const changed = body.replace("evt_", "evt-");
  for (const secret of secrets) {
    assert.ok(verifies(secret, headers, body));
    assert.ok(!verifies(secret, headers, changed));
    assert.ok(!verifies(secret, { ...headers, "webhook-timestamp": "1" }, body));
  }
  for (const secret of others) assert.ok(!verifies(secret, headers, body));
  for (const key of public_keys) {
    assert.ok(verifiesPublic(key, headers, body));
    assert.ok(!verifiesPublic(key, headers, changed));
  }
  for (const key of other_public_keys) assert.ok(!verifiesPublic(key, headers, body));
}

console.log(`node: ${messages.length} verified`);
