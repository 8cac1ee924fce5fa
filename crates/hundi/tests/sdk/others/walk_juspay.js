// Juspay's official Node SDK takes the sandbox for HDFC SmartGateway, in both of its ways of signing in.

'use strict';

const assert = require('node:assert/strict');
const { APIError, Juspay } = require('expresscheckout-nodejs');
const { account, webhook, pays, refused, walk } = require('./shop');

const baseUrl = process.env.SANDBOX_BASE;

async function day(juspay, name) {
  const order_id = `${name}${Date.now()}`;
  const session = await juspay.orderSession.create({
    order_id, amount: '499.00', currency: 'INR', customer_id: 'payer-1', action: 'paymentPage',
    payment_page_client_id: account.payment_page_client_id, return_url: 'http://127.0.0.1/back',
  });
  assert.equal(session.order_id, order_id);
  assert.match(session.payment_links.web, /^https?:/);
  assert.equal((await juspay.order.status(order_id)).status, 'NEW');

  await pays(order_id, { method: 'upi' });
  const paid = await juspay.order.status(order_id);
  assert.equal(paid.status, 'CHARGED');
  assert.equal(Number(paid.amount), 499);

  const refund = { unique_request_id: `${order_id}r`, amount: '99.00' };
  const given = await juspay.order.refund(order_id, refund);
  assert.equal(given.refunds.length, 1);
  assert.equal(given.refunds[0].unique_request_id, `${order_id}r`);

  const unknown = await refused(juspay.order.status('no-such-order'));
  assert.ok(unknown instanceof APIError, String(unknown));
  return order_id;
}

walk('juspay node', async () => {
  const basic = new Juspay({ merchantId: account.merchant_id, apiKey: account.api_key, baseUrl });
  const order = await day(basic, 'jsb');
  const { body, headers } = await webhook(({ body }) => JSON.parse(body).event_name === 'ORDER_SUCCEEDED');
  assert.equal(JSON.parse(body).content.order.order_id, order);
  assert.ok(headers.authorization.startsWith('Basic '));

  const wrong = new Juspay({ merchantId: account.merchant_id, apiKey: `${account.api_key}x`, baseUrl });
  assert.equal((await refused(wrong.order.status(order))).http?.statusCode ?? 401, 401);

  const sealed = new Juspay({
    merchantId: account.merchant_id,
    jweAuth: { keyId: account.key_id, privateKey: account.our_private_key, publicKey: account.bank_public_key },
    baseUrl,
  });
  await day(sealed, 'jsj');
});
