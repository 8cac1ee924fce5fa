// The hand-written half against a server that behaves badly: what is repeated, under which key, and what never is.

import assert from "node:assert";
import { createServer } from "node:http";
import { test } from "node:test";
import { inspect } from "node:util";
import { API_VERSION, ApiError, ConnectionError, Hundi, HundiError, PaymentInDoubtError } from "../dist/index.js";

const KEY = "hk_test_known:hs_test_secret-that-is-nowhere";
const problem = (status, code, more = {}) => ({ status, body: { status, code, message: "No.", ...more } });
const order = { status: 201, body: { id: "ord_1", object: "order" } };

/** Answers one after the other, the last one for ever; remembers what was asked. */
async function server(answers, use) {
  const heard = [];
  const listening = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    heard.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(parts).toString(),
    });
    const answer = answers[Math.min(heard.length, answers.length) - 1];
    if (answer === "cut") return request.socket.destroy();
    if (answer === "silent") return;
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise((done) => listening.listen(0, "127.0.0.1", done));
  try {
    return await use(`http://127.0.0.1:${listening.address().port}`, heard);
  } finally {
    listening.closeAllConnections();
    listening.close();
  }
}

const client = (baseUrl, more = {}) => new Hundi({ key: KEY, baseUrl, timeoutMs: 400, ...more });

test("what may pass is repeated under the same key", async () => {
  const troubles = [
    "cut",
    "silent",
    problem(503, "temporarily_unavailable", { retryable: true }),
    problem(500, "internal_error"),
    problem(504, "timed_out", { retryable: true }),
    problem(429, "too_many_requests"),
    problem(409, "idempotency_key_in_flight", { retryable: true }),
    { status: 502, body: "<html>a proxy's page</html>" },
  ];
  const repeated = (trouble) =>
    server([trouble, trouble, order], async (url, heard) => {
      const made = await client(url).orders.create({ amount: 100, currency: "INR" });
      assert.strictEqual(made.id, "ord_1");
      assert.strictEqual(heard.length, 3, inspect(trouble));
      const keys = new Set(heard.map((request) => request.headers["idempotency-key"]));
      assert.strictEqual(keys.size, 1);
      assert.ok([...keys][0].length > 20);
      assert.strictEqual(new Set(heard.map((request) => request.body)).size, 1);
    });
  await Promise.all(troubles.map(repeated));
});

test("a request of yours keeps your key, and each of ours has its own", async () => {
  await server([order], async (url, heard) => {
    const hundi = client(url);
    await hundi.orders.create({ amount: 100, currency: "INR" }, { idempotencyKey: "order-1" });
    await hundi.orders.create({ amount: 100, currency: "INR" });
    await hundi.orders.create({ amount: 100, currency: "INR" });
    await hundi.orders.get("ord_1/../x");
    const keys = heard.map((request) => request.headers["idempotency-key"]);
    assert.strictEqual(keys[0], "order-1");
    assert.notStrictEqual(keys[1], keys[2]);
    assert.strictEqual(keys[3], undefined);
    assert.strictEqual(heard[3].url, "/api/v1/orders/ord_1%2F..%2Fx");
  });
});

test("a refusal is not repeated, and its class tells it", async () => {
  const refusals = [
    [problem(409, "payment_in_doubt", { request_id: "req_1" }), PaymentInDoubtError],
    [problem(502, "provider_refused"), ApiError],
    [problem(422, "a_code_of_next_year", { param: "amount" }), ApiError],
    [{ status: 307, body: "", headers: { location: "http://127.0.0.1:1/" } }, HundiError],
    [{ status: 404, body: "<html>another server</html>" }, HundiError],
  ];
  for (const [answer, kind] of refusals) {
    await server([answer, order], async (url, heard) => {
      const refused = await client(url).payments.create({ order_id: "ord_1" }).catch((error) => error);
      assert.ok(refused instanceof kind, inspect(refused));
      assert.strictEqual(heard.length, 1);
      if (answer.body.code) assert.strictEqual(refused.code, answer.body.code);
    });
  }
});

test("it gives up, and says under which key it can be repeated", async () => {
  await server([problem(503, "too_busy")], async (url, heard) => {
    const lost = await client(url, { retries: 1 }).orders.create({ amount: 1, currency: "INR" }).catch((e) => e);
    assert.strictEqual(lost.code, "too_busy");
    assert.strictEqual(lost.idempotencyKey, heard[0].headers["idempotency-key"]);
    assert.strictEqual(heard.length, 2);
  });
  const nobody = client("http://127.0.0.1:9", { retries: 0 });
  const lost = await nobody.orders.create({ amount: 1, currency: "INR" }).catch((error) => error);
  assert.ok(lost instanceof ConnectionError);
  assert.ok(lost.idempotencyKey);
});

test("it asks for the shape that its types describe, and tells of every answer without what it says", async () => {
  const headers = {
    "x-request-id": "req_1",
    "hundi-version": API_VERSION,
    "idempotent-replayed": "true",
    "ratelimit-limit": "100",
    "ratelimit-remaining": "93",
    "ratelimit-reset": "41",
  };
  await server([problem(503, "too_busy"), { ...order, headers }], async (url, heard) => {
    const told = [];
    const hundi = client(url, { onAnswer: (answer) => told.push(answer) });
    await hundi.orders.create({ amount: 100, currency: "INR" }, { headers: { "Hundi-Version": "2026-08-01" } });
    await hundi.orders.get("ord_1");
    await client(url, { version: "2026-08-01" }).orders.list({ receipt: "R-1" });
    const asked = heard.map((request) => request.headers["hundi-version"]);
    assert.deepStrictEqual(asked, ["2026-08-01", "2026-08-01", API_VERSION, "2026-08-01"]);
    assert.deepStrictEqual(told.map((answer) => answer.status), [503, 201, 201]);
    assert.strictEqual(told[0].rateLimit, undefined);
    assert.deepStrictEqual(told[1], {
      method: "POST",
      path: "/api/v1/orders",
      status: 201,
      requestId: "req_1",
      version: API_VERSION,
      replayed: true,
      rateLimit: { limit: 100, remaining: 93, resetSecs: 41 },
    });
  });
});

test("the caller can stop it", async () => {
  await server(["silent"], async (url) => {
    const signal = AbortSignal.timeout(50);
    await assert.rejects(client(url, { timeoutMs: 60_000 }).orders.get("ord_1", { signal }), { name: "TimeoutError" });
  });
});

test("lists go on from page to page, in either direction", async () => {
  const page = (ids, has_more) => ({ status: 200, body: { object: "list", data: ids.map((id) => ({ id })), has_more, next: null } });
  await server([page(["c", "b"], true), page(["a"], false)], async (url, heard) => {
    const all = [];
    for await (const one of client(url).orders.list({ limit: 2, "created[gte]": "2026-01-01T00:00:00Z" })) all.push(one.id);
    assert.deepStrictEqual(all, ["c", "b", "a"]);
    assert.match(heard[0].url, /limit=2&created%5Bgte%5D=2026-01-01T00%3A00%3A00Z$/);
    assert.match(heard[1].url, /starting_after=b/);
  });
  await server([page(["c", "b"], true), page(["d"], false)], async (url, heard) => {
    const all = [];
    for await (const one of client(url).events.list({ ending_before: "a" })) all.push(one.id);
    assert.deepStrictEqual(all, ["b", "c", "d"]);
    assert.match(heard[1].url, /ending_before=c/);
  });
  await server([page([], false)], async (url, heard) => {
    await client(url).orders.list({ "expand[]": ["payments", "customer"], metadata: { table: "4 & 5" }, status: undefined });
    assert.match(heard[0].url, /\?expand%5B%5D=payments&expand%5B%5D=customer&metadata%5Btable%5D=4\+%26\+5$/);
  });
  await server([page(["b", "a"], true)], async (url, heard) => {
    assert.strictEqual((await client(url).orders.list()).data.length, 2);
    assert.strictEqual(heard.length, 1);
  });
});

test("the secret is printed nowhere", async () => {
  await server([problem(401, "wrong_credentials")], async (url) => {
    const hundi = client(url);
    const refused = await hundi.orders.get("ord_1").catch((error) => error);
    const told = [inspect(hundi, { depth: 9, showHidden: true }), JSON.stringify(hundi), String(hundi)];
    told.push(inspect(hundi.orders, { depth: 9, showHidden: true }), inspect(refused, { depth: 9 }), refused.stack);
    const basic = Buffer.from(KEY).toString("base64");
    for (const text of told) assert.ok(!text.includes("hs_test_") && !text.includes(basic), text);
  });
});

test("an address that would carry the key in the clear is refused", () => {
  const make = (baseUrl, more = {}) => () => new Hundi({ key: KEY, baseUrl, ...more });
  for (const address of ["http://pay.example", "ftp://pay.example", "https://u:p@pay.example", "https://pay.example/?x=1"]) {
    assert.throws(make(address), HundiError, address);
  }
  for (const address of ["https://pay.example", "http://localhost:8080", "http://[::1]:8080/"]) make(address)();
  make("http://pay.internal", { allowHttp: true })();
  for (const key of ["", "hk_test_a", "hk_test_a:", "a:b:c"]) assert.throws(() => new Hundi(key), HundiError);
});
