import { createHash } from 'node:crypto';
import { ALNUM, DIGITS, type Dice, HEX } from './dice.ts';
import { sensitiveText } from './sensitive-values.ts';

/** The values of one function of a service, by the names of its variables. */
export type Locals = Record<string, unknown>;

/** Gives a harmless text, or in its place, as often as the data are to have one, a text with a secret or personal value. */
type Say = (harmless: string) => string;

const WORDS = [
  ...['order', 'stock', 'harbour', 'parcel', 'retry', 'queue', 'window', 'invoice', 'shelf', 'batch', 'region'],
  ...['cache', 'lamp', 'boots', 'walking', 'brown', 'large', 'delivered', 'waiting', 'packed', 'the', 'of', 'to'],
] as const;
const ROUTES = ['/orders', '/orders/991/items', '/stock?sku=SKU-1000&limit=20', '/health', '/users/me/basket'] as const;
const TABLES = ['orders', 'order_items', 'stock', 'shipments'] as const;
const DAY = 86_400_000;
const EPOCH = Date.UTC(2026, 0, 1);

const FRAMES: readonly [(dice: Dice, say: Say) => Locals, ...((dice: Dice, say: Say) => Locals)[]] = [
  orderFrame,
  userFrame,
  requestFrame,
  queryFrame,
  jobFrame,
];

/** What a Node service has in its variables at a place. `share`: of its texts, how many hold something to hide. */
export function makeLocals(dice: Dice, share: number): Locals {
  return dice.pick(FRAMES)(dice, (harmless) => (dice.chance(share) ? sensitiveText(dice) : harmless));
}

function orderFrame(dice: Dice, say: Say): Locals {
  const items = list(dice, 6, () => ({
    sku: say(`SKU-${dice.text(DIGITS, 4)}`),
    title: say(sentence(dice, 4)),
    quantity: 1 + dice.below(5),
    unitPrice: dice.below(9000) / 100,
    attributes: { colour: say(dice.pick(['brown', 'blue', 'green'])), size: 36 + dice.below(10) },
  }));
  const order = {
    id: say(`o-${dice.text(DIGITS, 6)}`),
    status: say(dice.pick(['open', 'paid', 'packed', 'shipped'])),
    currency: say('CHF'),
    total: dice.below(90_000) / 100,
    placedAt: moment(dice),
    note: say(sentence(dice, 12)),
    items,
  };
  return { order, first: items[0], log: say(logLine(dice)), body: say(json(dice, 3)), attempts: dice.below(4) };
}

function userFrame(dice: Dice, say: Say): Locals {
  const user = {
    id: say(uuid(dice)),
    tier: say(dice.pick(['gold', 'silver', 'none'])),
    locale: say('de-CH'),
    avatar: say(`https://cdn.example.com/avatars/${dice.text(HEX, 40)}.png`),
    createdAt: say(moment(dice).toISOString()),
    preferences: { theme: say('dark'), newsletter: dice.chance(0.5), sort: say('-price') },
  };
  const session = { password: dice.text(ALNUM, 16), expires: dice.below(DAY), scope: say('orders:read orders:write') };
  return {
    user,
    session,
    seen: new Set(list(dice, 5, () => say(uuid(dice)))),
    flags: [say('new'), say('beta-search')],
  };
}

function requestFrame(dice: Dice, say: Say): Locals {
  const headers = {
    host: say('shop.example.com'),
    'user-agent': say('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36'),
    accept: say('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'),
    'accept-encoding': say('gzip, deflate, br'),
    'content-type': say('application/json; charset=utf-8'),
    'content-length': say(String(dice.below(9000))),
    etag: say(`W/"${dice.text(HEX, 3)}-${dice.text(ALNUM, 27)}"`),
    traceparent: say(`00-${dice.text(HEX, 32)}-${dice.text(HEX, 16)}-01`),
    'x-request-id': say(uuid(dice)),
    authorization: `Bearer ${dice.text(ALNUM, 32)}`,
  };
  const request = { method: say('POST'), url: say(dice.pick(ROUTES)), httpVersion: say('1.1'), headers };
  return { request, raw: say(json(dice, 12)), route: say('/orders/:id/items'), durationMs: dice.below(900) / 10 };
}

function queryFrame(dice: Dice, say: Say): Locals {
  const table = dice.pick(TABLES);
  const sql = `SELECT t.id, t.status, t.total, t.updated_at FROM ${table} t JOIN shipments s ON s.order_id = t.id WHERE t.status = $1 AND t.updated_at > $2 ORDER BY t.updated_at DESC LIMIT ${dice.below(100)}`;
  const rows = list(dice, 10, () => ({
    id: dice.below(1e9),
    status: say(dice.pick(['open', 'paid'])),
    updated_at: say(moment(dice).toISOString()),
    digest: say(createHash('sha256').update(dice.text(HEX, 8)).digest('hex')),
    comment: say(sentence(dice, 8)),
  }));
  return { sql: say(sql), params: [say('open'), moment(dice)], rows, rowCount: rows.length, table: say(table) };
}

function jobFrame(dice: Dice, say: Say): Locals {
  const error = new Error(say(`${sentence(dice, 5)}: connect ECONNREFUSED`));
  error.stack = `Error: ${error.message}\n${list(dice, 10, () => stackLine(dice)).join('\n')}`;
  return {
    error,
    lines: list(dice, 12, () => say(logLine(dice))),
    byRegion: new Map(list(dice, 5, () => [say(`region-${dice.below(40)}`), dice.below(1000)])),
    buildId: say(dice.text(HEX, 40)),
    config: { queue: say('orders'), concurrency: 4, backoff: say('exponential'), file: say('/srv/shop/dist/jobs.js') },
  };
}

/** One to `most` items. */
function list<Item>(dice: Dice, most: number, make: () => Item): Item[] {
  return Array.from({ length: 1 + dice.below(most) }, make);
}

function sentence(dice: Dice, words: number): string {
  return Array.from({ length: words }, () => WORDS[dice.below(WORDS.length)]).join(' ');
}

function moment(dice: Dice): Date {
  return new Date(EPOCH + dice.below(300 * DAY));
}

function uuid(dice: Dice): string {
  const hex = (length: number) => dice.text(HEX, length);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

function logLine(dice: Dice): string {
  const level = dice.pick(['INFO', 'WARN', 'DEBUG']);
  return `${moment(dice).toISOString()} ${level} [worker-${dice.below(8)}] order=o-${dice.text(DIGITS, 6)} took=${dice.below(900)}ms ${sentence(dice, 8)}`;
}

function stackLine(dice: Dice): string {
  const name = dice.pick(['placeOrder', 'Queue.process', 'async Pool.query', 'Object.handle']);
  return `    at ${name} (/srv/shop/node_modules/lib-${dice.below(9)}/dist/index.js:${1 + dice.below(900)}:${1 + dice.below(60)})`;
}

function json(dice: Dice, rows: number): string {
  return JSON.stringify({
    id: uuid(dice),
    at: moment(dice).toISOString(),
    rows: Array.from({ length: rows }, () => ({
      sku: `SKU-${dice.below(9999)}`,
      title: sentence(dice, 3),
      count: dice.below(9),
    })),
  });
}
