/**
 * Microseconds of one capture of a frame like that of an order handler: 21 locals, about 4.4 KB of JSON; once with
 * nothing to hide and once with three values to hide. Run it with `node --import tsx agent-node/bench/capture.ts`.
 */
import { LIMITS } from '@borescope/agent-protocol';
import { createRedactor, type Redactor } from '@borescope/redaction';
import { createCapturer } from '../src/capture/capture.ts';
import type { CaptureRequest } from '../src/capture/request.ts';
import type { ScopeName } from '../src/expressions/scope.ts';

const ROUNDS = 20;
const PER_ROUND = 500;
const APART = 40;

const now = () => performance.now() * 1000;

const nothing = createRedactor({ mode: 'off' });

function frame(hide: boolean): Record<string, unknown> {
  const items = Array.from({ length: 4 }, (_, i) => ({
    sku: `SKU-${1000 + i}`,
    title: `Walking boots, model ${i}`,
    quantity: i + 1,
    unitPrice: 49.9 + i,
    attributes: { colour: 'brown', size: 42 + i },
  }));
  const customer = {
    id: 'c-20417',
    name: 'A. Example',
    contact: hide ? 'someone@example.com' : 'by telephone',
    tier: 'gold',
    shipping: { method: 'parcel', weight: 2.4, carrier: 'post' },
  };
  const order = {
    id: 'o-991',
    customerId: customer.id,
    items,
    total: 617.4,
    currency: 'CHF',
    placedAt: new Date(0),
    flags: ['new'],
  };
  return {
    request: { method: 'POST', url: '/orders', httpVersion: '1.1', complete: true },
    body: hide ? { password: 'correct horse', remember: true } : { comment: 'none', remember: true },
    order,
    customer,
    items,
    first: items[0],
    subtotal: 499.1,
    discount: 0.1,
    taxes: [
      { name: 'vat', rate: 0.081, amount: 45.2 },
      { name: 'eco', rate: 0.01, amount: 5 },
    ],
    total: 617.4,
    currency: 'CHF',
    stock: new Map([
      ['SKU-1000', 12],
      ['SKU-1001', 0],
    ]),
    seen: new Set(['c-20417', 'c-20418']),
    attempts: 0,
    retry: false,
    lastError: null,
    note: hide ? 'pay with 4111 1111 1111 1111' : 'deliver to the back door, please',
    startedAt: 1_700_000_000_000,
    trace: '4bf92f3577b34da6a3ce929d0e0e4736',
    compute: () => 1,
    result: undefined,
  };
}

function requestOf(locals: Record<string, unknown>): CaptureRequest {
  return {
    names: Object.keys(locals).map((name): ScopeName => ({ name, scope: 'local' })),
    values: Object.values(locals),
    thisValue: undefined,
    hasThis: false,
    expressions: [],
    budget: { nodes: 4000, bytes: LIMITS.hitBytes - 16_384, microseconds: 10_000 },
  };
}

function measure(redactor: Redactor, hide: boolean): string {
  const capturer = createCapturer({ redactor, now });
  const request = requestOf(frame(hide));
  const result = capturer.capture(request);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = now();
    for (let i = 0; i < PER_ROUND; i++) capturer.capture(request);
    rounds.push((now() - started) / PER_ROUND);
  }
  rounds.sort((a, b) => a - b);
  const us = (at: number) => (rounds[at] ?? 0).toFixed(1).padStart(7);
  const bytes = Buffer.byteLength(JSON.stringify(result));
  return `${us(0)} us best ${us(ROUNDS / 2)} us median   ${request.names.length} locals, ${bytes} bytes, ${result.redactions.count} redactions`;
}

/** As probes are hit in practice: now and then, between other work, on code that V8 has not optimised yet. */
async function measureApart(redactor: Redactor): Promise<string> {
  const capturer = createCapturer({ redactor, now });
  const request = requestOf(frame(true));
  const hits: number[] = [];
  for (let i = 0; i < APART; i++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const started = now();
    capturer.capture(request);
    hits.push(now() - started);
  }
  const [first] = hits;
  hits.sort((a, b) => a - b);
  const us = (at: number) => (hits[at] ?? 0).toFixed(0);
  return `${us(APART / 2)} us p50, ${us(APART - 2)} us p95, ${first?.toFixed(0)} us the very first`;
}

const redactor = createRedactor({});
console.log(`node ${process.version}`);
console.log(`60 ms apart      ${await measureApart(redactor)}`);
for (let warm = 0; warm < 2; warm++) {
  console.log(`walk alone       ${measure(nothing, false)}`);
  console.log(`nothing to hide  ${measure(redactor, false)}`);
  console.log(`three to hide    ${measure(redactor, true)}`);
}
