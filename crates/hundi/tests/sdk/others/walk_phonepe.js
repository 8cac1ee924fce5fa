// PhonePe's official Node SDK takes the sandbox for PhonePe.

'use strict';

const assert = require('node:assert/strict');
const { Env, RefundRequest, StandardCheckoutClient, StandardCheckoutPayRequest } = require('@phonepe-pg/pg-sdk-node');
const { account, webhook, pays, passes, refused, walk } = require('./shop');

walk('phonepe node', async () => {
  const version = Number(account.client_version);
  const client = StandardCheckoutClient.getInstance(account.client_id, account.client_secret, version, Env.SANDBOX);
  const order = `js${Date.now()}`;
  const asked = StandardCheckoutPayRequest.builder()
    .merchantOrderId(order).amount(50_000).redirectUrl('http://127.0.0.1/back').build();

  // A page to pay at; nothing is paid yet.
  const opened = await client.pay(asked);
  assert.match(opened.redirectUrl, /^https?:/);
  assert.equal(opened.state, 'PENDING');
  assert.equal((await client.getOrderStatus(order)).state, 'PENDING');

  // Paid: known by asking, and told by a webhook that the SDK takes for genuine.
  await pays(order, { method: 'upi' });
  const status = await client.getOrderStatus(order, true);
  assert.equal(status.state, 'COMPLETED');
  assert.equal(status.amount, 50_000);
  const { body, headers } = await webhook(({ body }) => JSON.parse(body).event === 'checkout.order.completed');
  const { webhook_username: user, webhook_password: password } = account;
  const told = client.validateCallback(user, password, headers.authorization, body);
  assert.equal(told.payload.merchantOrderId, order);
  assert.throws(() => client.validateCallback(user, `${password}x`, headers.authorization, body));

  // Given back in part; a second refund of the same name is no second refund.
  const refund = RefundRequest.builder()
    .merchantRefundId(`${order}r`).originalMerchantOrderId(order).amount(20_000).build();
  assert.equal((await client.refund(refund)).state, 'PENDING');
  await refused(client.refund(refund));
  await passes(60_000);
  const given = await client.getRefundStatus(`${order}r`);
  assert.equal(given.state, 'COMPLETED');
  assert.equal(given.amount, 20_000);

  // What there isn't is refused in words that the SDK reads.
  const unknown = await refused(client.getOrderStatus('no-such-order'));
  assert.ok(unknown.httpStatusCode >= 400 && unknown.httpStatusCode < 500, JSON.stringify(unknown));
});
