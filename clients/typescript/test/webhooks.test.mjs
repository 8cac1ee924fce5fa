// Signatures: those of Standard Webhooks' own example, of a key pair, and through a change of key.

import assert from "node:assert";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { HundiError, verifyWebhook, WebhookError } from "../dist/index.js";

// The example of https://github.com/standard-webhooks/standard-webhooks, whose secret has 24 bytes.
const OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const body = '{"test": 2432232314}';
const now = 1614265330;
const example = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": String(now),
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

const said = (text = body) => `${example["webhook-id"]}.${now}.${text}`;
const hmac = (secret) => `v1,${createHmac("sha256", Buffer.from(secret.slice(6), "base64")).update(said()).digest("base64")}`;
const refused = (given, kind = WebhookError) => assert.throws(() => verifyWebhook({ keys: OLD, headers: example, body, now, ...given }), kind);

test("the standard's own example", () => {
  assert.deepStrictEqual(verifyWebhook({ keys: OLD, headers: example, body, now }), { test: 2432232314 });
  assert.deepStrictEqual(verifyWebhook({ keys: [NEW, OLD], headers: new Headers(example), body: Buffer.from(body), now }), { test: 2432232314 });
  const capitals = Object.fromEntries(Object.entries(example).map(([name, value]) => [name.toUpperCase(), [value]]));
  verifyWebhook({ keys: OLD, headers: capitals, body, now });
});

test("what was changed, or is old, or is not ours, is refused", () => {
  refused({ keys: NEW });
  refused({ body: body.replace("4}", "5}") });
  refused({ headers: { ...example, "webhook-id": "msg_other" } });
  refused({ headers: { ...example, "webhook-timestamp": String(now + 1) } });
  refused({ headers: { ...example, "webhook-timestamp": "yesterday" } });
  refused({ headers: { ...example, "webhook-signature": "v1," } });
  refused({ headers: { ...example, "webhook-signature": example["webhook-signature"].replace("v1,", "v2,") } });
  refused({ now: now + 301 });
  refused({ now: now - 301 });
  verifyWebhook({ keys: OLD, headers: example, body, now: now + 299 });
  for (const name of Object.keys(example)) refused({ headers: { ...example, [name]: undefined } });
  refused({ keys: [] }, HundiError);
  refused({ keys: "secret" }, HundiError);
  refused({ keys: "whsec_c2hvcnQ=" }, HundiError);
  refused({ keys: [OLD, "whpk_c2hvcnQ="] }, HundiError);
});

test("both keys verify while one is being changed", () => {
  const both = { ...example, "webhook-signature": `${hmac(NEW)} ${hmac(OLD)}` };
  for (const keys of [OLD, NEW, [OLD, NEW]]) verifyWebhook({ keys, headers: both, body, now });
  const alone = { ...example, "webhook-signature": hmac(NEW) };
  verifyWebhook({ keys: [OLD, NEW], headers: alone, body, now });
  refused({ headers: alone });
});

test("a key pair", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const key = `whpk_${raw.toString("base64")}`;
  const signed = (text) => ({ ...example, "webhook-signature": `v1a,${sign(null, Buffer.from(said(text)), privateKey).toString("base64")}` });
  verifyWebhook({ keys: key, headers: signed(body), body, now });
  verifyWebhook({ keys: [OLD, key], headers: { ...signed(body), "webhook-signature": `${hmac(OLD)} ${signed(body)["webhook-signature"]}` }, body, now });
  refused({ keys: key, headers: signed("{}") });
  refused({ keys: key });
});
