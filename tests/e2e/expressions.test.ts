import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { cartPlace, type LiveCart, liveCart } from '../live/cart.ts';
import { proves } from '../proves.ts';

const ASKED = 'const sum = ';

const result = z.object({
  action: z.object({ state: z.string() }),
  placements: z.array(
    z.object({
      status: z.string(),
      note: z.string().optional(),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
    }),
  ),
  hits: z.array(
    z.object({
      values: z
        .array(z.object({ expression: z.string(), value: z.unknown(), error: z.string().optional() }))
        .optional(),
    }),
  ),
});

let cart: LiveCart;

before(async () => {
  cart = await liveCart();
});

after(() => cart?.close());

async function capture(text: string, asked: Readonly<Record<string, unknown>>) {
  const place = cartPlace(text);
  const wait = { timeout_seconds: 30, wait_seconds: 30 };
  return result.parse(
    await cart.assistant.call('capture_snapshot', { runtimes: { service: 'cart' }, ...place, ...wait, ...asked }),
  );
}

/** The structured error of a call that is refused. */
async function refusal(text: string, asked: Readonly<Record<string, unknown>>): Promise<string> {
  try {
    const { placements } = await capture(text, asked);
    return JSON.stringify(placements.map(({ error }) => error));
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

test(
  proves('expressions:arrows', 'what one asks of a cart with forty items is answered by a live process'),
  async () => {
    const expected: [text: string, value: unknown][] = [
      ['order.items.find(i => i.price < 0).sku', 'SKU-17'],
      ['order.items.filter(i => i.price > 37).map(i => i.sku)', ['SKU-38', 'SKU-39']],
      ['order.items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)', 1521],
      ['[...stock.values()].filter(n => n === 0).length', 8],
      ['Object.entries(user).some(([key, value]) => key === "address" && value === null)', true],
      ['Number(order.cents) / 100', 129.9],
      ['order.createdAt < Date.parse("2026-11-21T00:00:00Z")', true],
      ['failure instanceof HttpError && failure.constructor.name', 'HttpError'],
      ['stock.get("SKU-3") + stock.size + matrix.flat().length', 46],
      ['order.items.at(-1)?.sku.toLowerCase() ?? "none"', 'sku-39'],
    ];
    const { action, hits } = await capture(ASKED, {
      condition: 'order.items.some(i => i.price < 0) && flags.has("vip")',
      expressions: expected.map(([text]) => text),
    });
    assert.equal(action.state, 'completed');
    assert.deepEqual(
      hits[0]?.values?.map(({ expression, value }) => [expression, value]),
      expected,
    );
  },
);

test(
  proves(
    ['expressions:called-early', 'errors:all-expressions'],
    'a call of application code is refused at once, with all else that is wrong, and none of it runs',
  ),
  async () => {
    const message = await refusal(ASKED, {
      condition: 'order.save()',
      expressions: ['order.id', 'process.exit()', 'user.name.tolowercase()', 'a ='],
    });
    assert.match(message, /EXPRESSION_UNSAFE/);
    assert.match(message, /condition: column 7: `\.save\(\)`/);
    assert.match(message, /expressions\[1\].*column 9: `\.exit\(\)`/);
    assert.match(message, /expressions\[2\].*column 11/);
    assert.match(message, /expressions\[3\].*column 4/);
    assert.match(message, /Did you mean `toLowerCase`\?/);
    assert.match(message, /Callable are/);
    assert.ok(cart.service.running);
    assert.equal(cart.service.errorOutput, '');
  },
);

test(proves('places:notes', 'the answer at a bare return names the line that sees what is hidden there'), async () => {
  const { action, placements } = await capture('return rounded', { expressions: ['sum'] });
  assert.equal(action.state, 'completed');
  assert.match(placements[0]?.note ?? '', /`rounded` cannot be seen.* Line 31 \(const rounded = Math\.round\(sum\);\)/);
  const message = await refusal('return rounded', { condition: 'rounded > 3' });
  assert.match(message, /`rounded` cannot be seen at line 32/);
  assert.match(message, /Line 31/);
});

test(proves('expressions:names', 'a mistyped name is refused before anything is placed'), async () => {
  const message = await refusal(ASKED, { condition: 'oder.id > 1', expressions: ['sum', 'process.env.HOME'] });
  assert.match(message, /EXPRESSION_INVALID/);
  assert.match(message, /condition: column 1: `oder` is not in scope/);
  assert.match(message, /Did you mean `order`\?/);
  assert.match(message, /`sum` has no value yet/);
  assert.match(message, /`process` is not in scope/);
});
