// A merchant's account at a provider.

import { strict as assert } from 'node:assert';
import { shows } from '../visitor.mjs';

export default {
  async 'the keys are tested with a real call, and the set-up is green by real events'({ house, clerk }) {
    const page = await clerk();
    await page.goto(`${house.url}/connections`);
    await page.locator('main .list tbody th a', { hasText: 'Razorpay (simulated)' }).click();
    await page.getByRole('button', { name: /^Test (now|again)$/ }).click();
    await shows(page, 'Tested with a real call.', 'Razorpay accepted the keys');
    const steps = page.getByRole('complementary', { name: 'Set-up' }).locator('li');
    for (const title of ['Keys saved', 'Keys work', 'Webhook secret in place', 'A signed webhook arrived', 'First payment taken']) {
      const mark = steps.filter({ hasText: title }).locator('.mark');
      assert.match(await mark.getAttribute('class'), /\bok\b/, title);
    }
    await shows(page, 'Healthy', 'In routing now', /In the last 15 minutes: \d+ worked/);
    const secret = page.getByLabel('Key secret', { exact: false }).first();
    assert.equal(await secret.inputValue(), '', 'a saved secret never comes back');
    assert.doesNotMatch(await page.content(), /demo-key-secret|demo-webhook-secret/);
    await page.getByRole('link', { name: 'Everything that came in' }).click();
    await page.getByRole('link', { name: /^Remove the filter Razorpay/ }).first().waitFor();
  },

  async 'a wrong key is refused with a sentence, and nothing is saved'({ house, clerk, expects }) {
    expects(/status of 422/);
    const page = await clerk();
    await page.goto(`${house.url}/connections`);
    const connected = await page.locator('main .list tbody tr').count();
    await page.getByRole('link', { name: 'Connect Razorpay' }).click();
    await page.getByLabel('Key ID', { exact: false }).first().fill('rzp_test_WrongKey000001');
    await page.locator('input[name="c_key_secret"]').fill('a-secret-of-nobody');
    await page.getByRole('button', { name: 'Save and test' }).click();
    const said = page.getByRole('alert');
    await said.waitFor();
    assert.match(await said.innerText(), /One thing to correct\s+\S+ .*(key|accept)/i);
    assert.equal(await page.getByLabel('Key ID', { exact: false }).first().inputValue(), 'rzp_test_WrongKey000001');
    assert.doesNotMatch(await page.content(), /a-secret-of-nobody/, 'a secret never goes back to the browser');
    await page.goto(`${house.url}/connections`);
    assert.equal(await page.locator('main .list tbody tr').count(), connected);
  },

  async 'the signing secret of an endpoint is shown once'({ house, clerk }) {
    const page = await clerk();
    await page.goto(`${house.url}/endpoints/new`);
    await page.getByLabel('Address').fill(`${house.receiver}/second`);
    // One that no story brings about: the shop's own server does not know this secret.
    await page.getByRole('checkbox', { name: /^All events/ }).uncheck();
    await page.getByRole('checkbox', { name: 'refund.failed' }).check();
    await page.getByRole('button', { name: 'Add the endpoint' }).click();
    await shows(page, 'Copy it now. It is not shown again.');
    assert.equal(await page.locator('input[value^="whsec_"]').count(), 1);
    await page.goto(`${house.url}/endpoints`);
    await page.getByRole('link', { name: '/second' }).click();
    await shows(page, 'It was shown once, when it was made.');
    assert.doesNotMatch(await page.content(), /whsec_/);
  },
};
