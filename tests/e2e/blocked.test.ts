import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { cartPlace, type LiveCart, liveCart } from '../live/cart.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const PLACE = cartPlace('const sum = ');
const RUNTIMES = { runtimes: { service: 'cart' } };

const result = z.object({
  action: z.object({ id: z.string(), state: z.string(), reason: z.string().optional() }),
  hits: z.array(
    z.object({ values: z.array(z.object({ value: z.unknown().optional(), error: z.string().optional() })).optional() }),
  ),
});

let cart: LiveCart;

before(async () => {
  cart = await liveCart();
});

after(() => cart?.close());

function block(blocked: object): Promise<void> {
  return cart.setPolicy({ blocked });
}

async function capture(asked: object = {}) {
  const wait = { timeout_seconds: 30, wait_seconds: 30 };
  return result.parse(await cart.assistant.call('capture_snapshot', { ...RUNTIMES, ...PLACE, ...wait, ...asked }));
}

test(proves('blocked:at-once', 'a policy that an administrator sets removes the probe that is in place'), async () => {
  const asked = { condition: 'user.name === "nobody"', wait_seconds: 0 };
  const { action } = await capture(asked);
  const waiting = (seconds: number) =>
    cart.assistant.call('wait_for_action', { action_id: action.id, wait_seconds: seconds }).then(result.parse);
  await until(async () => (await waiting(1)).action.state === 'armed');
  await block({ files: ['fixtures/*-service.mjs'] });
  await assert.rejects(waiting(20), /"state":"failed".*BLOCKED_BY_POLICY/);
  await assert.rejects(capture(), /BLOCKED_BY_POLICY/);
  await assert.rejects(cart.assistant.call('inspect_location', { ...RUNTIMES, ...PLACE }), (error: Error) => {
    assert.match(error.message, /BLOCKED_BY_POLICY/);
    assert.doesNotMatch(error.message, /reduce/);
    return true;
  });
});

test(proves('blocked:classes', 'an assistant reads a marker in the place of an object'), async () => {
  await block({ classes: ['Order'] });
  // The policy before this one may hold for a moment more.
  let hits: z.infer<typeof result>['hits'] = [];
  await until(async () => {
    const asked = { expressions: ['order', 'order.id', 'items.length'] };
    try {
      hits = (await capture(asked)).hits;
    } catch (error) {
      assert.match(String(error), /BLOCKED_BY_POLICY/);
    }
    return hits.length > 0;
  });
  const [whole, part, other] = hits[0]?.values ?? [];
  assert.deepEqual(whole?.value, { $redacted: 'blocked-class', $of: 'object' });
  assert.match(part?.error ?? '', /a class that a policy blocks/);
  assert.equal(other?.value, 40);
});
