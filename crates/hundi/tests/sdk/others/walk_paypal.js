// PayPal's official Node server SDK takes the sandbox for PayPal.

'use strict';

const assert = require('node:assert/strict');
const {
  ApiError, CheckoutPaymentIntent, Client, Environment, OrdersController, PaymentsController,
} = require('@paypal/paypal-server-sdk');
const { account, webhook, pays, refused, walk } = require('./shop');

walk('paypal node', async () => {
  const client = new Client({
    clientCredentialsAuthCredentials: { oAuthClientId: account.client_id, oAuthClientSecret: account.client_secret },
    environment: Environment.Sandbox,
    timeout: 20_000,
  });
  const [orders, payments] = [new OrdersController(client), new PaymentsController(client)];
  const order = (intent, value) => ({
    body: { intent, purchaseUnits: [{ referenceId: 'one', amount: { currencyCode: 'USD', value } }] },
    prefer: 'return=representation',
  });

  // Opened, approved by the payer, captured.
  const { result: opened } = await orders.createOrder(order(CheckoutPaymentIntent.Capture, '25.00'));
  assert.equal(opened.status, 'CREATED');
  assert.ok(opened.links.some((link) => link.rel === 'approve' || link.rel === 'payer-action'));
  const early = await refused(orders.captureOrder({ id: opened.id }));
  assert.ok(early instanceof ApiError);
  assert.equal(early.statusCode, 422);
  await pays(opened.id);
  assert.equal((await orders.getOrder({ id: opened.id })).result.status, 'APPROVED');
  const capturing = { id: opened.id, prefer: 'return=representation', paypalRequestId: `js-${Date.now()}` };
  const captured = (await orders.captureOrder(capturing)).result;
  assert.equal(captured.status, 'COMPLETED');
  const capture = captured.purchaseUnits[0].payments.captures[0];
  assert.deepEqual([capture.status, capture.amount.value], ['COMPLETED', '25.00']);
  // The same request once more is the same capture.
  const again = (await orders.captureOrder(capturing)).result;
  assert.equal(again.purchaseUnits[0].payments.captures[0].id, capture.id);
  const { headers } = await webhook(({ body }) => JSON.parse(body).event_type === 'PAYMENT.CAPTURE.COMPLETED');
  for (const name of ['paypal-transmission-id', 'paypal-transmission-sig', 'paypal-cert-url', 'paypal-auth-algo']) {
    assert.ok(headers[name], name);
  }

  // Given back in part, and no more than there is.
  const some = { captureId: capture.id, prefer: 'return=representation', body: { amount: { currencyCode: 'USD', value: '10.00' } } };
  const refund = (await payments.refundCapturedPayment(some)).result;
  assert.equal((await payments.getRefund({ refundId: refund.id })).result.amount.value, '10.00');
  const much = { ...some, body: { amount: { currencyCode: 'USD', value: '15.01' } } };
  assert.equal((await refused(payments.refundCapturedPayment(much))).statusCode, 422);
  assert.equal((await payments.getCapturedPayment({ captureId: capture.id })).result.status, 'PARTIALLY_REFUNDED');

  // Held, and let go.
  const { result: held } = await orders.createOrder(order(CheckoutPaymentIntent.Authorize, '5.00'));
  await pays(held.id);
  const authorized = (await orders.authorizeOrder({ id: held.id, prefer: 'return=representation' })).result;
  const hold = authorized.purchaseUnits[0].payments.authorizations[0];
  assert.equal(hold.status, 'CREATED');
  await payments.voidPayment({ authorizationId: hold.id });
  assert.equal((await payments.getAuthorizedPayment({ authorizationId: hold.id })).result.status, 'VOIDED');
});
