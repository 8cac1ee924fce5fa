// What the payer reads of instalments, and of what is kept for them.

import { strict as assert } from 'node:assert';
import { shows, until } from '../visitor.mjs';

const CUSTOMER = { name: 'Asha Rao', email: 'asha@example.com', phone: '+919800000001' };

export default {
  async 'instalments are read and gone on with, without JavaScript'({ house, payer }) {
    const order = await house.api.order(511_770, { receipt: 'E2E-EMI', customer: CUSTOMER });
    const page = await payer({ javaScriptEnabled: false });
    await page.goto(order.checkout_url);
    await page.locator('summary', { hasText: 'Instalments (EMI)' }).click();
    await page.locator('summary', { hasText: 'HDFC Bank' }).click();
    const plan = page.getByRole('row', { name: /^12 / });
    // By another calculator: 16% a year, twelve months.
    assert.match(await plan.innerText(), /16% a year[\s\S]*₹464\.33[\s\S]*₹5,571\.96[\s\S]*₹454\.26 interest/);
    await shows(page, 'Your bank adds GST on the interest and may charge a fee');
    await page.getByRole('button', { name: 'Continue to Razorpay' }).click();
    const [payment] = await house.api.paymentsOf(order);
    assert.equal(payment.next_step.options.prefill.method, 'emi');
    await house.sim.pays({ order_id: payment.provider_order });
    await shows(page, 'Pay on its own page instead');
  },

  async 'a kept card is paid with by keyboard, and kept no longer when its owner says so'({ house, payer }) {
    const customer = await house.api.customer({ ...CUSTOMER, email: 'kept@example.com', phone: '+919800000002' });
    const first = await house.api.order(50_000, { customer_id: customer.id });
    const begun = await house.api.pay(first, { flow: 'script', save_consent: '2026-11' });
    await house.sim.pays({ order_id: begun.provider_order, method: 'card', card: 'visa' });
    await until('the card is kept', async () => (await house.api.methodsOf(customer)).length === 1, 90_000);

    const offered = { customer_id: customer.id, offer_saved_methods: true };
    const page = await payer();
    await page.goto((await house.api.order(64_000, offered)).checkout_url);
    await shows(page, 'Visa ••1007', 'You agreed on');
    const pay = page.getByRole('button', { name: 'Pay ₹640.00' });
    for (let presses = 0; !(await pay.evaluate((one) => one === document.activeElement)); presses += 1) {
      assert.ok(presses < 10, 'the button is reached by the keyboard');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await shows(page, '₹640.00 paid');

    await page.goto((await house.api.order(64_100, offered)).checkout_url);
    await page.getByText('Keep it no longer').click();
    await page.getByRole('button', { name: 'Remove Visa ••1007' }).click();
    await shows(page, 'Removed. It is charged no more');
    assert.equal(await page.getByText('••1007').count(), 0);
    assert.equal((await house.api.methodsOf(customer)).length, 0);
  },
};
