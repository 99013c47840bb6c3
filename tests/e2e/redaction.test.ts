import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { cartPlace, type LiveCart, liveCart } from '../live/cart.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const PLACE = cartPlace('const rounded = ');

const value = z.unknown();
const result = z.object({
  action: z.object({ id: z.string(), state: z.string(), hits: z.int() }),
  hits: z.array(z.object({ hit: z.int(), values: z.array(z.object({ value, error: z.string().optional() })) })),
  redactions: z.object({ count: z.int(), kinds: z.array(z.string()) }),
});

let cart: LiveCart;

before(async () => {
  cart = await liveCart({ BORESCOPE_ENVIRONMENT: 'test' });
});

after(() => cart?.close());

function setRedaction(redaction: object): Promise<void> {
  return cart.setPolicy({ redaction });
}

async function place(asked: object) {
  const places = { runtimes: { service: 'cart' }, ...PLACE, timeout_seconds: 60, overhead_percent: 20 };
  return result.parse(await cart.assistant.call('capture_snapshot', { ...places, ...asked }));
}

async function hitsOf(id: string) {
  return result.parse(await cart.assistant.call('wait_for_action', { action_id: id, wait_seconds: 0 }));
}

test(
  proves('redaction:at-once', 'what is hidden is another for the probe that is in place, within a second'),
  async () => {
    const expressions = ['user.name', 'order.items[3].sku', 'sum'];
    const { action } = await place({ expressions, max_hits: 50, overhead_percent: 1, wait_seconds: 0 });
    await until(async () => (await hitsOf(action.id)).action.hits > 0);
    const first = (await hitsOf(action.id)).hits[0]?.values.map((one) => one.value);
    assert.deepEqual(first?.slice(0, 2), ['Ann Brandt', 'SKU-3']);
    await setRedaction({
      names: ['sum'],
      literals: ['Brandt'],
      patterns: [{ name: 'sku', pattern: 'SKU-[0-9]+' }],
    });
    // A second is promised; hits that were on their way before it end stand in the action, too.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = (await hitsOf(action.id)).action.hits;
    assert.ok(before < 50, 'the probe is still in place');
    await until(async () => (await hitsOf(action.id)).action.hits > before + 1);
    const last = (await hitsOf(action.id)).hits.at(-1)?.values.map((one) => one.value);
    assert.deepEqual(last, [
      'Ann [redacted:policy-literal]',
      { $redacted: 'policy-sku', $length: 8 },
      { $redacted: 'policy-name', $of: 'number' },
    ]);
    await cart.assistant.call('cancel_action', { action_id: action.id });
  },
);

test(proves('redaction:strict', 'in the mode strict an assistant reads types and lengths alone'), async () => {
  await setRedaction({ environments: [{ environment: 'test', mode: 'strict' }] });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const asked = { expressions: ['user', 'order', 'sum > 0', 'typeof sum', 'stock'], max_hits: 1, wait_seconds: 30 };
  const { hits } = await place(asked);
  const text = JSON.stringify(hits);
  assert.doesNotMatch(text, /Ann|Brandt|SKU|2026-11-20|12990|true|\b503\b/);
  assert.match(text, /"\$class":"Order"/);
  assert.match(text, /"number"/);
  await assert.rejects(place({ condition: 'user.name === "Ann Brandt"', wait_seconds: 5 }));
});

test(proves('redaction:off', 'where an admin has switched it off an assistant reads what is there'), async () => {
  await setRedaction({ environments: [{ environment: 'test', mode: 'off', reason: 'made-up data' }] });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { hits, redactions } = await place({ expressions: ['user'], max_hits: 1, wait_seconds: 30 });
  assert.deepEqual(hits[0]?.values[0]?.value, {
    name: 'Ann Brandt',
    email: 'ann@example.com',
    password: 'hunter2-hunter2',
    address: null,
  });
  assert.deepEqual(redactions, { count: 0, kinds: [] });
});
