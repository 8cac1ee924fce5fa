// Messages that hundi sends: is this one ours, and is it fresh? Signed as https://www.standardwebhooks.com says.

import { createHmac, createPublicKey, timingSafeEqual, verify as verifySignature } from "node:crypto";
import { HundiError } from "./core.js";
import type { Event } from "./generated.js";

const TOLERANCE_SECS = 300;
/** What stands before the 32 bytes of an Ed25519 key in SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const SIGNATURES_MAX = 20;

/** The message is not from us, was changed, or is too old. Answer 400 and forget it. */
export class WebhookError extends HundiError {}

/** What came with the message: `req.headers` of Node, or a `Headers`. */
export type GivenHeaders = Headers | Record<string, string | string[] | undefined>;

export interface Verification {
  /** `whsec_…` or `whpk_…`; several while one is being changed. */
  keys: string | readonly string[];
  headers: GivenHeaders;
  /** Exactly as it arrived: parsed and printed again it is another. */
  body: string | Uint8Array;
  /** How far the message's time may lie from ours. */
  toleranceSecs?: number;
  /** Our time, in seconds. */
  now?: number;
}

/** The event of a message that is ours and fresh; everything else throws a `WebhookError`. */
export function verifyWebhook(given: Verification): Event {
  const id = header(given.headers, "webhook-id");
  const time = header(given.headers, "webhook-timestamp");
  const signatures = header(given.headers, "webhook-signature").split(" ").slice(0, SIGNATURES_MAX);
  const seconds = /^[0-9]{1,12}$/.test(time) ? Number(time) : Number.NaN;
  const now = given.now ?? Date.now() / 1000;
  const body = typeof given.body === "string" ? Buffer.from(given.body) : Buffer.from(given.body);
  const said = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  const keys = typeof given.keys === "string" ? [given.keys] : given.keys;
  if (keys.length === 0) throw new HundiError("verifyWebhook needs a key");
  // Each key is looked at, so that one which is no key is told at once and not on the day of a rotation.
  const signed = keys.map((key) => signedBy(key, said, signatures)).some((good) => good);
  if (!signed) throw new WebhookError("no signature of this message is by one of the keys");
  if (!(Math.abs(now - seconds) <= (given.toleranceSecs ?? TOLERANCE_SECS))) {
    throw new WebhookError("the message is too old, or from the future");
  }
  try {
    return JSON.parse(body.toString("utf8")) as Event;
  } catch {
    throw new WebhookError("the message is not JSON");
  }
}

function signedBy(key: string, said: Buffer, signatures: string[]): boolean {
  if (key.startsWith("whsec_")) {
    const secret = Buffer.from(key.slice("whsec_".length), "base64");
    if (secret.length < 24) throw new HundiError("the secret is not whsec_ and the base64 of 24 to 64 bytes");
    const expected = createHmac("sha256", secret).update(said).digest();
    return signatures.some((one) => one.startsWith("v1,") && equal(Buffer.from(one.slice(3), "base64"), expected));
  }
  if (key.startsWith("whpk_")) {
    const raw = Buffer.from(key.slice("whpk_".length), "base64");
    if (raw.length !== 32) throw new HundiError("the public key is not whpk_ and the base64 of 32 bytes");
    const known = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
    return signatures.some(
      (one) => one.startsWith("v1a,") && verifySignature(null, said, known, Buffer.from(one.slice(4), "base64")),
    );
  }
  throw new HundiError("a key begins with whsec_ or whpk_");
}

function equal(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function header(headers: GivenHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : named(headers, name);
  if (typeof value !== "string" || value === "") throw new WebhookError(`the message has no ${name}`);
  return value;
}

function named(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const found = Object.entries(headers).filter(([other]) => other.toLowerCase() === name);
  const value = found.length === 1 ? found[0]?.[1] : undefined;
  return Array.isArray(value) && value.length === 1 ? value[0] : (value as string | undefined);
}
