// Cashfree's official Node SDK takes the sandbox for Cashfree: a merchant's whole day through it.

'use strict';

const assert = require('node:assert/strict');
const { Cashfree, CFEnvironment } = require('cashfree-pg');
const { account, webhook, control, pays, passes, refused, walk } = require('./shop');

// Without its reports of errors to a third party.
const client = (secret) =>
  new Cashfree(CFEnvironment.SANDBOX, account.client_id, secret, undefined, undefined, undefined, false);

const told = (type) => webhook(({ body }) => JSON.parse(body).type === type);

async function refuses(call, status, code) {
  const { response, message } = await refused(call);
  assert.ok(response, message);
  assert.deepEqual([response.status, response.data.code], [status, code]);
}

const customer_details = { customer_id: 'node_sdk_test', customer_phone: '9999999999' };
const order_meta = { return_url: 'https://shop.example/return?order_id={order_id}' };

walk('cashfree node', async () => {
  const cashfree = client(account.client_secret);

  // An order, and the same one found again.
  const asked = { order_id: 'js-1', order_amount: 500.5, order_currency: 'INR', customer_details, order_meta };
  const order = (await cashfree.PGCreateOrder(asked)).data;
  assert.equal(order.order_status, 'ACTIVE');
  assert.equal((await cashfree.PGFetchOrder('js-1')).data.payment_session_id, order.payment_session_id);
  await refuses(cashfree.PGCreateOrder(asked), 409, 'order_already_exists');

  // Declined, then paid; told of by webhooks whose signatures the SDK accepts.
  await pays('js-1', { outcome: 'fail' });
  const paid = await pays('js-1', { method: 'netbanking' });
  const tries = (await cashfree.PGOrderFetchPayments('js-1')).data;
  assert.deepEqual(tries.map((one) => one.payment_status), ['SUCCESS', 'FAILED']);
  const payment = (await cashfree.PGOrderFetchPayment('js-1', paid.payment_id)).data;
  assert.deepEqual([payment.payment_amount, payment.is_captured], [500.5, true]);
  assert.equal((await cashfree.PGFetchOrder('js-1')).data.order_status, 'PAID');
  for (const type of ['PAYMENT_FAILED_WEBHOOK', 'PAYMENT_SUCCESS_WEBHOOK']) {
    const { body, headers } = await told(type);
    const [signature, timestamp] = [headers['x-webhook-signature'], headers['x-webhook-timestamp']];
    const event = cashfree.PGVerifyWebhookSignature(signature, body, timestamp);
    assert.deepEqual([event.type, event.object.data.order.order_id], [type, 'js-1']);
    assert.throws(() => cashfree.PGVerifyWebhookSignature(signature, `${body} `, timestamp));
  }

  // By a UPI link, which begins a try.
  const upi = { ...asked, order_id: 'js-2', order_amount: 10 };
  const session = (await cashfree.PGCreateOrder(upi)).data.payment_session_id;
  const begun = await cashfree.PGPayOrder({ payment_session_id: session, payment_method: { upi: { channel: 'link' } } });
  assert.match(begun.data.data.payload.default, /^upi:\/\//);
  assert.equal((await cashfree.PGOrderFetchPayments('js-2')).data[0].payment_status, 'PENDING');

  // Held, then taken, once; held, then let go.
  const held = { ...asked, order_amount: 70, order_note: 'preauth_transaction' };
  for (const [order_id, action] of [['js-3', 'CAPTURE'], ['js-4', 'VOID']]) {
    await cashfree.PGCreateOrder({ ...held, order_id });
    await pays(order_id, { outcome: 'authorize', method: 'card' });
    assert.equal((await cashfree.PGOrderFetchPayments(order_id)).data[0].is_captured, false);
    const decided = (await cashfree.PGAuthorizeOrder(order_id, { action, amount: 70 })).data;
    assert.deepEqual([decided.authorization.action, decided.authorization.status], [action, 'SUCCESS']);
    await refuses(cashfree.PGAuthorizeOrder(order_id, { action, amount: 70 }), 400, 'request_invalid');
  }

  // Refunded in part; the same name again is the same refund, and the clock brings its end.
  const refund = { refund_id: 'js-r1', refund_amount: 200.25, refund_note: 'half a cake' };
  const first = (await cashfree.PGOrderCreateRefund('js-1', refund)).data;
  assert.equal(first.refund_status, 'PENDING');
  assert.equal((await cashfree.PGOrderCreateRefund('js-1', refund)).data.cf_refund_id, first.cf_refund_id);
  await refuses(cashfree.PGOrderCreateRefund('js-1', { ...refund, refund_amount: 1 }), 400, 'refund_id_already_exists');
  await refuses(cashfree.PGOrderCreateRefund('js-1', { refund_id: 'js-r2', refund_amount: 300.5 }), 400, 'refund_amount_invalid');
  await passes(60_000);
  assert.equal((await cashfree.PGOrderFetchRefund('js-1', 'js-r1')).data.refund_status, 'SUCCESS');
  assert.equal((await cashfree.PGOrderFetchRefunds('js-1')).data.length, 1);
  await told('REFUND_STATUS_WEBHOOK');

  // Called off; and what was paid out, days later.
  await cashfree.PGCreateOrder({ ...asked, order_id: 'js-5' });
  assert.equal((await cashfree.PGTerminateOrder('js-5', { order_status: 'TERMINATED' })).data.order_status, 'TERMINATED');
  await passes(5 * 86_400_000);
  const span = { start_date: '2020-01-01T00:00:00Z', end_date: '2099-12-31T00:00:00Z' };
  const list = { pagination: { limit: 10, cursor: null }, filters: span };
  const moved = (await cashfree.PGFetchRecon(list)).data.data;
  assert.deepEqual(moved.map((row) => row.event_type).sort(), ['PAYMENT', 'PAYMENT', 'REFUND']);
  const settled = (await cashfree.PGSettlementFetchRecon(list)).data.data;
  assert.equal(settled.length, 3);
  assert.ok(settled.every((row) => row.settlement_details.utr));

  // Errors are read as the SDK's own.
  await refuses(cashfree.PGFetchOrder('nobodys'), 404, 'order_not_found');
  await refuses(client('wrong').PGFetchOrder('js-1'), 401, 'request_failed');
  await control('/sim/control/dials', { fault: 'status', status: 503, op: 'create_order', times: 1 });
  await refuses(cashfree.PGCreateOrder({ ...asked, order_id: 'js-6' }), 503, 'internal_error');
});
