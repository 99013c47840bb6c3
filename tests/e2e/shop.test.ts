import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { snapshotCallsOf } from '../shop/snapshot-calls.ts';
import { startShop } from '../shop/start-shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;

before(async () => {
  shop = await startShop({ SHOP_TRAFFIC: '0' });
});

after(() => shop?.process.stop());

async function send(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${shop.url}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: await response.json() };
}

async function cartWith(customer: string, sku: string, quantity: number): Promise<string> {
  const { body } = await send('POST', '/carts', { customer });
  assert.ok(typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string');
  await send('POST', `/carts/${body.id}/lines`, { sku, quantity });
  return `/carts/${body.id}`;
}

async function part(path: string, key: string): Promise<unknown> {
  const { body } = await send('GET', path);
  assert.ok(typeof body === 'object' && body !== null);
  return Object.entries(body).find(([name]) => name === key)?.[1];
}

test('a discount code that is pasted with a trailing space is taken off a second time', async () => {
  const cart = await cartWith('c-ada', 'kettle', 1);
  assert.equal((await send('POST', `${cart}/codes`, { code: 'SUMMER15' })).status, 201);
  assert.equal((await send('POST', `${cart}/codes`, { code: 'SUMMER15' })).status, 409);
  assert.deepEqual(await part(cart, 'discount'), { minor: 974, currency: 'EUR' });
  assert.equal((await send('POST', `${cart}/codes`, { code: 'SUMMER15 ' })).status, 201);
  assert.deepEqual(await part(cart, 'discount'), { minor: 1948, currency: 'EUR' });
});

test('some refunds are a cent short of what was typed', async () => {
  const cart = await cartWith('c-ada', 'kettle', 1);
  const order = (await send('POST', `${cart}/checkout`)).body;
  assert.ok(typeof order === 'object' && order !== null && 'id' in order);
  const refund = (amount: string) => send('POST', `/orders/${order.id}/refunds`, { amount });
  assert.deepEqual((await refund('2.50')).body, { refunded: { minor: 250, currency: 'EUR' } });
  assert.deepEqual((await refund('4.35')).body, { refunded: { minor: 434, currency: 'EUR' } });
});

test('a cart that was looked at keeps its total when a quantity is changed afterwards', async () => {
  const cart = await cartWith('c-isla', 'dripper', 1);
  assert.deepEqual(await part(cart, 'subtotal'), { minor: 1799, currency: 'GBP' });
  await send('PATCH', `${cart}/lines/dripper`, { quantity: 3 });
  assert.deepEqual(await part(cart, 'subtotal'), { minor: 1799, currency: 'GBP' });
});

test('a subtotal in yen is measured against a threshold in euro cents', async () => {
  const small = await cartWith('c-haru', 'dripper', 1);
  assert.deepEqual(await part(small, 'shipping'), { minor: 780, currency: 'JPY' });
  const scale = await cartWith('c-haru', 'scale', 1);
  assert.deepEqual(await part(scale, 'shipping'), { minor: 0, currency: 'JPY' });
});

test('what a shopper does wrong is answered with a reason', async () => {
  assert.equal((await send('GET', '/nowhere')).status, 404);
  assert.equal((await send('POST', '/carts', { customer: 'c-nobody' })).status, 404);
  const cart = await cartWith('c-ada', 'kettle', 1);
  assert.equal((await send('PATCH', `${cart}/lines/kettle`, { quantity: 21 })).status, 422);
  const response = await fetch(`${shop.url}/carts`, { method: 'POST', body: 'not json' });
  assert.equal(response.status, 400);
});

test('the calls in the README name the lines as they are', () => {
  const calls = snapshotCallsOf(readFileSync(new URL('../../examples/shop/README.md', import.meta.url), 'utf8'));
  assert.equal(calls.length, 4);
  for (const { file, line, expect_line } of calls) {
    const source = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8').split('\n');
    assert.equal(source[line - 1]?.trim(), expect_line, `${file}:${line}`);
  }
});

test('its own traffic places orders, and ends with it', async () => {
  const busy = await startShop({ SHOP_TRAFFIC: '200' });
  try {
    await busy.process.line(/order-3 placed/);
  } finally {
    assert.equal(await busy.process.stop(), 0);
  }
});

test('the same seed gives the same shoppers', async () => {
  const rows: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const busy = await startShop({ SHOP_TRAFFIC: '500', SHOP_SEED: '7' });
    try {
      rows.push((await busy.process.line(/order-5 placed.*/))[0]);
    } finally {
      await busy.process.stop();
    }
  }
  assert.equal(rows[0], rows[1]);
});
