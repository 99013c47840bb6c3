import { listProducts } from './catalogue.ts';
import { listCustomers } from './customers.ts';

/** One request of a shopper. */
export interface Step {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: Record<string, unknown>;
}

/** What shoppers do, one request after the other, for ever; each answer's `id` is handed back in. */
export function* shoppers(random: () => number): Generator<Step, never, string | undefined> {
  for (;;) yield* visit(random);
}

function* visit(random: () => number): Generator<Step, void, string | undefined> {
  const customer = pick(listCustomers(), random);
  yield { method: 'GET', path: '/products' };
  const cart = yield { method: 'POST', path: '/carts', body: { customer: customer.id } };
  if (!cart) return;
  const first = pick(listProducts(), random).sku;
  yield { method: 'POST', path: `/carts/${cart}/lines`, body: { sku: first, quantity: 1 } };
  if (random() < 0.5) {
    const sku = pick(listProducts(), random).sku;
    yield { method: 'POST', path: `/carts/${cart}/lines`, body: { sku, quantity: 1 + Math.floor(random() * 2) } };
  }
  yield { method: 'GET', path: `/carts/${cart}` };
  if (random() < 0.4) {
    yield { method: 'PATCH', path: `/carts/${cart}/lines/${first}`, body: { quantity: 2 + Math.floor(random() * 2) } };
  }
  if (random() < 0.6) {
    const code = random() < 0.5 ? 'WELCOME10' : 'SUMMER15';
    yield { method: 'POST', path: `/carts/${cart}/codes`, body: { code } };
    // Pasted once more from the newsletter, where a space follows it.
    if (random() < 0.4) yield { method: 'POST', path: `/carts/${cart}/codes`, body: { code: `${code} ` } };
  }
  const order = yield { method: 'POST', path: `/carts/${cart}/checkout` };
  if (order && random() < 0.4) {
    const amount = customer.currency === 'JPY' ? '500' : pick(['2.50', '4.35', '1.15', '3.00'], random);
    yield { method: 'POST', path: `/orders/${order}/refunds`, body: { amount } };
  }
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
