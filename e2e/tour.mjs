// Every kind of page, in a state worth looking at.

import { heldInDollars } from './deeds.mjs';
import { until } from './visitor.mjs';

/// `{ name, path, of }`: `of` is whose page it is, the payer's or the clerk's.
export async function tour(house) {
  const { api, sim } = house;
  const order = (amount, receipt, more) => api.order(amount, { receipt, description: 'Thali for two', ...more });
  const begun = async (flow, receipt, more) => {
    const made = await order(64_000, receipt, more);
    return { order: made, payment: await api.pay(made, { flow }) };
  };
  const becomes = (payment, status) => until(`${payment.id} is ${status}`, async () => {
    return (await api.readPayment(payment.id)).status === status;
  });

  const choice = await order(1_23_456_78, 'TOUR-CHOICE');
  const script = await begun('script', 'TOUR-SCRIPT');
  const redirect = await begun('redirect', 'TOUR-REDIRECT');
  const upi = await begun('upi_intent', 'TOUR-UPI');
  const unpayable = await order(50, 'TOUR-UNPAYABLE');
  const cancelled = await order(64_000, 'TOUR-CANCELLED');
  await api.cancelOrder(cancelled);

  const failed = await begun('script', 'TOUR-FAILED');
  await sim.pays({ order_id: failed.payment.provider_order, outcome: 'fail', reason: 'insufficient_funds' });

  const paid = await begun('script', 'TOUR-PAID', { return_url: `${house.receiver}/` });
  await sim.pays({ order_id: paid.payment.provider_order });
  await becomes(paid.payment, 'captured');
  await api.refund(paid.payment, 10_000);

  const held = await begun('script', 'TOUR-HELD', { capture: 'manual' });
  const doubtful = await begun('script', 'TOUR-DOUBT', { capture: 'manual' });
  for (const { payment } of [held, doubtful]) {
    await sim.pays({ order_id: payment.provider_order });
    await becomes(payment, 'authorized');
  }
  const aim = { order_id: doubtful.payment.provider_order };
  await sim.dial({ ...aim, fault: 'silent_after_acting', op: 'capture' });
  await sim.dial({ ...aim, fault: 'webhook_drop' });
  await sim.dial({ ...aim, fault: 'status', status: 503, op: 'fetch' });
  await api.capture(doubtful.payment);

  const known = await api.customer({ name: 'Asha Rao', email: 'tour@example.com', phone: '+919800000009' });
  const dollars = await heldInDollars(house, 64_000, 'TOUR-DOLLARS');

  const payers = {
    choose: choice, script: script.order, redirect: redirect.order, upi: upi.order, paid: paid.order,
    held: held.order, 'in-doubt': doubtful.order, cancelled, unpayable,
  };
  const pay = (made) => new URL(made.checkout_url).pathname;
  const console_ = {
    home: '/', 'home-day': '/?range=24h', payments: '/payments', 'payments-none': '/payments?q=nothing-like-it',
    'payments-ignored': '/payments?status=nonsense&from=yesterday',
    payment: `/payments/${paid.payment.id}`, 'payment-in-doubt': `/payments/${doubtful.payment.id}`,
    'payment-held': `/payments/${held.payment.id}`, refund: `/payments/${paid.payment.id}/refund`,
    capture: `/payments/${dollars.id}/capture`,
    'capture-too-much': `/payments/${dollars.id}/capture/confirm?amount=9999`,
    'capture-confirm': `/payments/${dollars.id}/capture/confirm?amount=100`,
    'payment-dollars': `/payments/${dollars.id}`, 'payment-open': `/payments/${script.payment.id}`,
    routing: '/routing?amount=1500', 'routing-wrong': '/routing?amount=x', 'rule-new': '/routing/rule',
    customers: '/customers', customer: `/customers/${known.id}`, 'refund-too-much': `/payments/${paid.payment.id}/refund/confirm?amount=9999`,
    'refund-confirm': `/payments/${paid.payment.id}/refund/confirm?amount=100`,
    connections: '/connections', 'connection-new': '/connections/new?provider=razorpay', webhooks: '/webhooks',
    endpoints: '/endpoints', 'endpoint-new': '/endpoints/new', deliveries: '/deliveries', keys: '/keys', nowhere: '/no-such-page',
  };
  return [
    { name: 'signin', path: '/signin', of: 'payer' },
    ...Object.entries(payers).map(([name, made]) => ({ name, path: pay(made), of: 'payer' })),
    { name: 'failed', path: `${pay(failed.order)}?said=failed&reason=insufficient_funds`, of: 'payer' },
    { name: 'no-such-order', path: '/pay/nothing-of-ours', of: 'payer' },
    { name: 'errors', path: '/docs/errors', of: 'payer' },
    ...Object.entries(console_).map(([name, path]) => ({ name, path, of: 'clerk' })),
    // Whatever stands first in these lists.
    { name: 'exchange', path: `/payments/${paid.payment.id}`, through: '#x tbody a', of: 'clerk' },
    { name: 'connection', path: '/connections', through: 'main tbody th a', of: 'clerk' },
    { name: 'webhook', path: '/webhooks', through: 'main tbody th a', of: 'clerk' },
    { name: 'endpoint', path: '/endpoints', through: 'main tbody th a', of: 'clerk' },
    { name: 'delivery', path: '/deliveries', through: 'main tbody th a', of: 'clerk' },
  ];
}
