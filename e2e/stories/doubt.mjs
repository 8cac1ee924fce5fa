// The provider falls silent at the wrong moment.

import { strict as assert } from 'node:assert';
import { continuesWith, isMarked, paysAtProvider } from '../deeds.mjs';
import { shows, until } from '../visitor.mjs';

export default {
  async 'silence after taking held money: nobody pays again until it is known'({ house, payer, clerk }) {
    const order = await house.api.order(138_000, { receipt: 'E2E-DOUBT', capture: 'manual' });
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await paysAtProvider(page, house);
    await shows(page, 'Your bank holds the amount.');
    assert.doesNotMatch(await page.locator('h1').innerText(), /paid/i, 'held is not paid');

    const [payment] = await house.api.paymentsOf(order);
    // It takes the money, and neither answers nor sends word.
    await house.sim.dial({ fault: 'silent_after_acting', op: 'capture', order_id: payment.provider_order });
    await house.sim.dial({ fault: 'webhook_drop', order_id: payment.provider_order });
    await house.sim.dial({ fault: 'status', status: 503, op: 'fetch', order_id: payment.provider_order });
    const desk = await clerk();
    await desk.goto(`${house.url}/payments/${payment.id}`);
    await isMarked(desk, 'Authorised');
    await desk.getByRole('button', { name: 'Take ₹1,380.00' }).click();
    await shows(desk, /In doubt since/, 'It may have acted, or not.');
    await isMarked(desk, 'In doubt');
    assert.equal(await desk.getByRole('button', { name: /^Take/ }).count(), 0, 'nobody is invited to take it again');

    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'We are checking with your bank' }).waitFor();
    await shows(page, 'Please don’t pay again.', 'You can close this page.');
    assert.equal(await page.getByRole('link', { name: 'Pay another way' }).count(), 0);
    await page.goto(`${order.checkout_url}?other=1`);
    await shows(page, 'Please don’t pay again.');

    await desk.goto(house.url);
    await shows(desk, /1 payment (is )?in doubt|in doubt/i);
    await desk.goto(`${house.url}/payments?status=in_doubt`);
    await desk.getByRole('link', { name: '₹1,380.00' }).waitFor();

    // The provider can be asked again.
    await house.sim.clearDials();
    await desk.goto(`${house.url}/payments/${payment.id}`);
    await desk.getByRole('button', { name: 'Check now' }).click();
    await isMarked(desk, 'Paid');
    await shows(page, '₹1,380.00 paid');
    assert.equal((await house.api.paymentsOf(order)).length, 1);
  },

  async 'silence at the opening: the payer never saw it, so another may be started'({ house, payer, clerk }) {
    // An amount of its own: the fault is aimed at it, and others pay meanwhile.
    const order = await house.api.order(23_957, { receipt: 'E2E-SILENT' });
    const silent = { fault: 'silent_after_acting', op: 'create_order', amount: 23_957, times: 1 };
    await house.sim.dial(silent);
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await shows(page, 'The payment page did not open. Choose again how to pay.');
    const [lost] = await house.api.paymentsOf(order);

    const desk = await clerk();
    await desk.goto(`${house.url}/payments/${lost.id}`);
    await isMarked(desk, 'In doubt');
    await desk.getByRole('button', { name: 'Check now' }).click();
    await isMarked(desk, 'Pending');
    await shows(desk, 'Waiting for the payer');

    await page.goto(order.checkout_url);
    await page.getByRole('button', { name: 'Open the payment window' }).click();
    await paysAtProvider(page, house);
    await shows(page, '₹239.57 paid');
    await until('the order is paid once', async () => (await house.api.readOrder(order.id)).status === 'paid');
    assert.equal((await house.api.paymentsOf(order)).length, 1);
  },
};
