// A merchant's side of every walk: its account, its webhook receiver, and what the payer does.

'use strict';

const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const http = require('node:http');

const URL_ = process.env.SANDBOX_URL;
const account = JSON.parse(process.env.SANDBOX_ACCOUNT);

const heard = [];
const arrivals = new EventEmitter();

/// Webhooks come here as soon as this is called; ended by `done`.
function open() {
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    heard.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
    arrivals.emit('one');
    response.end();
  });
  server.listen(Number(process.env.WEBHOOK_PORT), '127.0.0.1');
  return once(server, 'listening').then(() => server);
}

/// The first webhook that `wanted` takes; the others pass by.
async function webhook(wanted) {
  for (;;) {
    while (heard.length > 0) {
      const one = heard.shift();
      if (wanted(one)) return one;
    }
    await once(arrivals, 'one', { signal: AbortSignal.timeout(20_000) });
  }
}

/// What the payer and the one who plays do; no SDK has it.
async function control(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(URL_ + path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/// The payer at the provider's page; answers what the browser brings back.
async function pays(order, more) {
  const paid = await control('/sim/api/pay', { order, outcome: 'pay', ...more });
  return { ...paid, callback: Object.fromEntries(paid.callback ?? []) };
}

const passes = (ms) => control('/sim/control/clock', { advance_ms: ms });

/// What a call is refused with.
async function refused(call) {
  return call.then(
    (answer) => assert.fail(`a refusal was expected, not ${JSON.stringify(answer)}`),
    (error) => error,
  );
}

function walk(name, story) {
  open()
    .then((server) => story().finally(() => server.close()))
    .then(
      () => { console.log(`${name}: walked`); process.exit(0); },
      (error) => { console.error(error); process.exit(1); },
    );
}

module.exports = { account, webhook, control, pays, passes, refused, walk };
