// The real binary with its simulated provider and the shop's own server, and the ways to talk to them without a browser.

import { strict as assert } from 'node:assert';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const TRIES_MAX = 5;

/// Between its choice and its use somebody else may take a port; simulators also stand on those after the one chosen.
export async function openHouse() {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (error) {
      if (tries === TRIES_MAX || !error.message.includes('is in use')) throw error;
    }
  }
}

async function open() {
  const binary = process.env.HUNDI_E2E_BIN;
  assert.ok(binary, 'HUNDI_E2E_BIN names the binary; e2e/run sets it');
  const data = await mkdtemp(join(tmpdir(), 'hundi-e2e-'));
  const [listen, sandbox, receiver] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const args = ['demo', '--data', join(data, 'demo'), '--listen', listen, '--sandbox', sandbox, '--receiver', receiver];
  // A tour signs in and asks more often than anybody.
  const env = { ...process.env, HUNDI_LIMITS: 'all=off' };
  const child = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = heard(child);
  // Also where the stories themselves are broken off.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const welcome = await said.until('Stop with Ctrl-C', START_MS_MAX);
  const [, key, secret] = welcome.match(/KEY=(\S+):(\S+)/);
  const [, email, password] = welcome.match(/sign in as (\S+) with (\S+)/);

  const url = `http://${listen}`;
  return {
    url,
    sandbox: `http://${sandbox}`,
    receiver: `http://${receiver}`,
    hosts: [listen, sandbox, receiver],
    email,
    password,
    api: api(url, key, secret),
    sim: simulator(`http://${sandbox}`),
    /// Another provider's, by where it sends payers.
    simulatorAt: simulator,
    /// What the server complained of; it is started with warnings only.
    complaints: () => said.errors(),
    async verify() {
      const config = join(data, 'demo', 'hundi.toml');
      const { stdout } = await promisify(execFile)(binary, ['--config', config, 'verify']);
      return stdout;
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        const late = setTimeout(end, STOP_MS_MAX);
        await ended;
        clearTimeout(late);
      }
      process.removeListener('exit', end);
      await rm(data, { recursive: true, force: true });
    },
  };
}

/// The merchant's own server, as it talks to us.
function api(url, key, secret) {
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
  const call = async (method, path, body) => {
    const headers = { authorization, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const read = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(read)}`);
    return read;
  };
  return {
    order: (amount, more = {}) => call('POST', '/orders', { amount, currency: 'INR', ...more }),
    readOrder: (id) => call('GET', `/orders/${id}`),
    pay: (order, more = {}) => call('POST', '/payments', { order_id: order.id, ...more }),
    readPayment: (id) => call('GET', `/payments/${id}`),
    check: (payment) => call('POST', `/payments/${payment.id}/check`, {}),
    async connections() {
      return (await call('GET', '/connections')).data;
    },
    capture: (payment) => call('POST', `/payments/${payment.id}/capture`, {}),
    cancelOrder: (order) => call('POST', `/orders/${order.id}/cancel`, {}),
    customer: (about) => call('POST', '/customers', about),
    async methodsOf(customer) {
      return (await call('GET', `/customers/${customer.id}/methods`)).data;
    },
    refund: (payment, amount) => call('POST', `/payments/${payment.id}/refunds`, { amount }),
    async paymentsOf(order) {
      return (await call('GET', `/payments?order_id=${order.id}`)).data;
    },
    async refundsOf(payment) {
      return (await call('GET', `/payments/${payment.id}/refunds`)).data;
    },
  };
}

/// The simulated provider: the payer's deeds by machine, and faults.
function simulator(url) {
  const call = async (method, path, body) => {
    const headers = body && { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/sim/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const read = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(read)}`);
    return read;
  };
  return {
    pays: (what, more = {}) => call('POST', 'api/pay', { outcome: 'pay', ...what, ...more }),
    dial: (dial) => call('POST', 'control/dials', dial),
    /// All of them, whoever set them.
    clearDials: () => call('DELETE', 'control/dials'),
  };
}

function heard(child) {
  let out = '', err = '';
  const wake = new Set();
  child.stdout.on('data', (bytes) => { out += bytes; wake.forEach((f) => f()); });
  child.stderr.on('data', (bytes) => { err += bytes; });
  return {
    errors: () => err,
    until: (text, ms) => new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`the binary ${why}\n${out}${err}`));
      const timer = setTimeout(() => fail('does not start'), ms);
      const look = () => { if (out.includes(text)) { clearTimeout(timer); wake.delete(look); resolve(out); } };
      wake.add(look);
      child.once('exit', (code) => fail(`ended with ${code}`));
      child.once('error', (error) => fail(error.message));
      look();
    }),
  };
}

/// Held all at once, so that they differ.
async function freePorts(n) {
  const servers = await Promise.all(Array.from({ length: n }, () => new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
