// Razorpay's official Node SDK takes the sandbox for Razorpay: a merchant's whole day through it.

'use strict';

const assert = require('node:assert/strict');
const { once, EventEmitter } = require('node:events');
const http = require('node:http');
const Razorpay = require('razorpay');
const { validatePaymentVerification } = require('razorpay/dist/utils/razorpay-utils');

const [BASE, KEY, SECRET] = process.argv.slice(2);
const WEBHOOK_SECRET = 'node-hook-secret';

const heard = [];
const arrivals = new EventEmitter();
const shop = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  heard.push({ body: Buffer.concat(chunks).toString(), signature: request.headers['x-razorpay-signature'] });
  arrivals.emit('one');
  response.end();
});

// What the payer and the one who plays do; no SDK has it.
async function control(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(BASE + path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

async function webhook(event) {
  for (;;) {
    while (heard.length > 0) {
      const one = heard.shift();
      if (JSON.parse(one.body).event === event) return one;
    }
    await once(arrivals, 'one', { signal: AbortSignal.timeout(20_000) });
  }
}

async function refused(call, status) {
  const refusal = await call.then(
    () => assert.fail(`${status} was expected`),
    (error) => error,
  );
  assert.equal(refusal.statusCode, status, JSON.stringify(refusal));
  return refusal.error;
}

// The host is fixed in the SDK, and its client's default is the documented way around.
function client(secret) {
  const instance = new Razorpay({ key_id: KEY, key_secret: secret });
  instance.api.rq.defaults.baseURL = BASE;
  return instance;
}

const fields = (callback) => (Array.isArray(callback) ? Object.fromEntries(callback) : callback);

async function walk() {
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  const webhook_url = `http://127.0.0.1:${shop.address().port}/hooks`;
  await control('/sim/control/accounts', { key_id: KEY, webhook_url, webhook_secret: WEBHOOK_SECRET });
  const rzp = client(SECRET);

  // An order, and the same one found again.
  const order = await rzp.orders.create({ amount: 50000, currency: 'INR', receipt: 'js-1', notes: { k: 'वि' } });
  assert.equal(order.status, 'created');
  assert.deepEqual((await rzp.orders.fetch(order.id)).notes, { k: 'वि' });
  const found = await rzp.orders.all({ receipt: 'js-1' });
  assert.deepEqual(found.items.map((one) => one.id), [order.id]);

  // Paid; what the browser brings back is genuine, and nothing else is.
  const paid = await control('/sim/api/pay', { order_id: order.id, method: 'netbanking' });
  const back = fields(paid.callback);
  const genuine = { order_id: back.razorpay_order_id, payment_id: back.razorpay_payment_id };
  assert.ok(validatePaymentVerification(genuine, back.razorpay_signature, SECRET));
  const forged = { ...genuine, payment_id: 'pay_00000000000000' };
  assert.ok(!validatePaymentVerification(forged, back.razorpay_signature, SECRET));
  const payment = await rzp.payments.fetch(paid.payment_id);
  assert.deepEqual([payment.status, payment.order_id, payment.amount], ['captured', order.id, 50000]);
  assert.equal((await rzp.orders.fetch(order.id)).status, 'paid');
  assert.equal((await rzp.orders.fetchPayments(order.id)).count, 1);

  // Told of by a webhook whose signature the SDK accepts.
  const { body, signature } = await webhook('payment.captured');
  assert.ok(Razorpay.validateWebhookSignature(body, signature, WEBHOOK_SECRET));
  assert.ok(!Razorpay.validateWebhookSignature(`${body} `, signature, WEBHOOK_SECRET));
  assert.equal(JSON.parse(body).payload.payment.entity.id, paid.payment_id);

  // Authorised only, then captured, once.
  const held = await rzp.orders.create({ amount: 7000, currency: 'INR', receipt: 'js-2' });
  const hold = (await control('/sim/api/pay', { order_id: held.id, outcome: 'authorize' })).payment_id;
  assert.equal((await rzp.payments.fetch(hold)).status, 'authorized');
  assert.equal((await rzp.payments.capture(hold, 7000, 'INR')).status, 'captured');
  await refused(rzp.payments.capture(hold, 7000, 'INR'), 400);

  // Refunded in part; the same key again is the same refund, and the clock brings its end.
  // The SDK passes no headers of a call, so the key becomes a default of a client of its own.
  const refunding = client(SECRET);
  refunding.api.rq.defaults.headers.common['X-Refund-Idempotency'] = 'js-refund-0001';
  const refund = () => refunding.payments.refund(paid.payment_id, { amount: 20000, receipt: 'js-r1' });
  const first = await refund();
  assert.equal((await refund()).id, first.id);
  assert.equal((await rzp.payments.fetchMultipleRefund(paid.payment_id)).count, 1);
  await control('/sim/control/clock', { advance_ms: 60_000 });
  assert.equal((await rzp.refunds.fetch(first.id)).status, 'processed');
  assert.equal((await rzp.payments.fetchRefund(paid.payment_id, first.id)).amount, 20000);
  assert.equal((await rzp.payments.fetch(paid.payment_id)).amount_refunded, 20000);
  await refused(rzp.payments.refund(paid.payment_id, { amount: 30001 }), 400);

  // Links: one is paid, one is called off.
  const asked = { amount: 1500, currency: 'INR', description: 'Tea' };
  const link = await rzp.paymentLink.create({ ...asked, reference_id: 'js-l1' });
  assert.ok(link.short_url.startsWith(BASE), link.short_url);
  const linked = fields((await control('/sim/api/pay', { payment_link_id: link.id })).callback);
  const told = {
    payment_link_id: linked.razorpay_payment_link_id,
    payment_link_reference_id: linked.razorpay_payment_link_reference_id,
    payment_link_status: linked.razorpay_payment_link_status,
    payment_id: linked.razorpay_payment_id,
  };
  assert.ok(validatePaymentVerification(told, linked.razorpay_signature, SECRET));
  assert.equal((await rzp.paymentLink.fetch(link.id)).status, 'paid');
  const other = await rzp.paymentLink.create({ ...asked, reference_id: 'js-l2' });
  assert.equal((await rzp.paymentLink.cancel(other.id)).status, 'cancelled');
  await refused(rzp.paymentLink.cancel(other.id), 400);

  // Errors are read as the SDK's own.
  const unknown = await refused(rzp.orders.fetch('order_00000000000000'), 400);
  assert.match(unknown.description, /does not exist/);
  await refused(client('wrong').orders.all(), 401);
  await control('/sim/control/dials', { fault: 'status', status: 503, op: 'create_order', times: 1 });
  await refused(rzp.orders.create({ amount: 100, currency: 'INR' }), 503);

  shop.close();
  console.log('node: walked');
}

walk().catch((error) => {
  console.error(error);
  process.exit(1);
});
