import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { snapshot } from '../../scripts/demo/snapshot.ts';
import { attachedRuntime } from '../live/attached.ts';
import { type LiveBroker, liveBroker } from '../live/broker.ts';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import { type SnapshotCall, snapshotCallsOf } from '../shop/snapshot-calls.ts';
import { startShop } from '../shop/start-shop.ts';

const calls = snapshotCallsOf(readFileSync(new URL('../../examples/shop/README.md', import.meta.url), 'utf8'));

let broker: LiveBroker;
let shop: Awaited<ReturnType<typeof startShop>>;
let assistant: Assistant;

before(async () => {
  broker = await liveBroker();
  const environment = { ...broker.agentEnvironment, BORESCOPE_SERVICE: 'shop', SHOP_TRAFFIC: '40' };
  shop = await startShop(environment, ['--import', '@borescope/agent']);
  assistant = await currentClient(broker.url, broker.mcpToken);
  await attachedRuntime(assistant, 'shop');
});

after(async () => {
  await assistant?.close();
  await shop?.process.stop();
  await broker?.close();
});

/** Places a call of the README as it stands there, on the shop under its own traffic. */
async function look(file: string) {
  const call: SnapshotCall | undefined = calls.find((candidate) => candidate.file.endsWith(file));
  assert.ok(call);
  const result = snapshot.parse(await assistant.call('capture_snapshot', { ...call }));
  const [hit] = result.hits;
  assert.ok(hit, JSON.stringify(result));
  assert.equal(hit.line, call.line);
  const values = (hit.values ?? []).map(({ value }) => value);
  return { local: hit.variables?.local ?? {}, values };
}

test('the snapshot of the discount shows the same code twice, once with a space', async () => {
  const { local } = await look('discounts.ts');
  assert.match(JSON.stringify(local['codes']), /^\["(\w+)","\1 "\]$/);
});

test('the snapshot of the refund shows an amount just below a whole cent', async () => {
  const { local } = await look('money.ts');
  assert.ok(local['scaled'] === 434.99999999999994 || local['scaled'] === 114.99999999999999);
});

test('the snapshot of the order shows a subtotal that its lines do not add up to', async () => {
  const { values } = await look('orders.ts');
  const [ordered, charged] = values;
  assert.ok(typeof ordered === 'number' && typeof charged === 'number' && charged < ordered);
});

test('the snapshot of the shipping shows two currencies compared', async () => {
  const { local, values } = await look('shipping.ts');
  assert.match(JSON.stringify(local['subtotal']), /"currency":"(JPY|GBP)"/);
  assert.deepEqual(values, [{ minor: 5000, currency: 'EUR' }]);
});
