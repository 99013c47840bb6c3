import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CapturedValue, capturedValue, LIMITS } from '@borescope/agent-protocol';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { createCapturer } from '../src/capture/capture.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';

const redactor = createRedactor({ pseudonym: (kind) => `p${kind.length}` });

function capture(value: unknown, expression = '') {
  const parsed = parseExpression(expression || '1', { redactor });
  assert.ok(parsed.ok);
  return createCapturer({ redactor, now: () => performance.now() * 1000 }).capture({
    names: [{ name: 'it', scope: 'local' }],
    values: [value],
    thisValue: undefined,
    hasThis: false,
    expressions: expression ? [{ text: expression, evaluate: compileExpression(parsed.tree, { redactor }) }] : [],
    budget: { nodes: 4000, bytes: LIMITS.hitBytes, microseconds: 1_000_000 },
  });
}

/** As it is on the wire, where undefined fields are gone. */
function captured(value: unknown): CapturedValue {
  return capturedValue.parse(JSON.parse(JSON.stringify(capture(value).variables[0]?.value)));
}

function plain(value: CapturedValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (value.type === 'map') return value.entries.map(([key, held]) => [plain(key), plain(held)]);
  if (value.type === 'redacted') return `hidden ${value.kind}`;
  return 'value' in value ? value.value : value.type;
}

function parts(value: unknown): Record<string, unknown> {
  const shown = captured(value);
  assert.ok(shown.type === 'object');
  return Object.fromEntries(shown.properties.map((one) => [one.name, plain(one.value)]));
}

function pairs(value: unknown): unknown {
  const shown = captured(value);
  return shown.type === 'map' ? plain(shown) : shown;
}

/** Runs with a property replaced by one that must not be used. */
function replaced(holder: object, key: PropertyKey, made: PropertyDescriptor, run: () => void): void {
  const before = Reflect.getOwnPropertyDescriptor(holder, key);
  Object.defineProperty(holder, key, { configurable: true, ...made });
  try {
    run();
  } finally {
    if (before) Object.defineProperty(holder, key, before);
    else Reflect.deleteProperty(holder, key);
  }
}

test(proves('values:web', 'a URL is shown by its parts, its parameters by their names'), () => {
  const url = new URL('https://ann@shop.example:8080/carts/7?sku=beans&sku=rice&page=2#top');
  assert.deepEqual(parts(url), {
    protocol: 'https:',
    username: 'hidden url-credentials',
    host: 'shop.example:8080',
    pathname: '/carts/7',
    searchParams: [
      ['sku', 'beans'],
      ['sku', 'rice'],
      ['page', '2'],
    ],
    hash: '#top',
  });
  url.searchParams.delete('sku');
  assert.deepEqual(parts(url)['searchParams'], [['page', '2']]);
  assert.deepEqual(parts(new URL('mailto:a')), { protocol: 'mailto:', pathname: 'a' });
  assert.deepEqual(parts(Object.assign(new URL('data:'), { own: 1 })), { protocol: 'data:', own: 1 });
});

test(proves(['values:web', 'redaction:names'], 'passwords, tokens and authorization in them are hidden'), () => {
  const url = new URL('https://ann:hunter2@shop.example/?access_token=tea-leaves&page=2');
  const headers = new Headers({ authorization: 'Basic dGVhLWxlYXZlcw==', accept: '*/*' });
  const text = JSON.stringify([captured(url), captured(url.searchParams), captured(headers)]);
  for (const secret of ['hunter2', 'tea-leaves', 'dGVh']) assert.equal(text.includes(secret), false, text);
  assert.match(text, /\*\/\*/);
});

test(proves('values:web', 'headers are shown as they are'), () => {
  const headers = new Headers({ accept: '*/*', 'x-page': '2' });
  headers.append('x-page', '3');
  assert.deepEqual(pairs(headers), [
    ['accept', '*/*'],
    ['x-page', '2, 3'],
  ]);
  assert.deepEqual(pairs(new Response('', { headers: { etag: 'w1' } }).headers), [
    ['content-type', 'text/plain;charset=UTF-8'],
    ['etag', 'w1'],
  ]);
});

test('of many parameters and headers a hundred are shown, with their full count', () => {
  const params = new URLSearchParams();
  const headers = new Headers();
  for (let i = 0; i < 150; i++) {
    params.append('p', `${i}`);
    headers.append(`h${i}`, `${i}`);
  }
  for (const value of [params, headers]) {
    const shown = captured(value);
    assert.ok(shown.type === 'map');
    assert.deepEqual([shown.entries.length, shown.size], [LIMITS.collectionItems, 150]);
  }
});

test(proves(['values:web', 'values:no-code-run'], 'nothing that the application put in their place is run'), () => {
  let ran = 0;
  const evil = { value: () => ran++ };
  const evilGetter = { get: () => ran++ };
  class Own extends URL {}
  Object.defineProperty(Own.prototype, 'pathname', evilGetter);
  assert.equal(parts(new Own('https://a.example/b'))['pathname'], '/b');

  const url = new URL('https://a.example/?a=1');
  url.searchParams.append('b', '2');
  Object.defineProperty(url.searchParams, 'toString', evil);
  replaced(URL.prototype, 'pathname', evilGetter, () => assert.equal(parts(url)['pathname'], '/'));
  for (const key of ['toString', 'entries', Symbol.iterator, Symbol.toPrimitive]) {
    replaced(URLSearchParams.prototype, key, evil, () => {
      assert.deepEqual(parts(url)['searchParams'], [
        ['a', '1'],
        ['b', '2'],
      ]);
    });
  }
  replaced(URLSearchParams.prototype, 'size', evilGetter, () => assert.equal(captured(url.searchParams).type, 'map'));

  const headers = new Headers({ accept: '*/*' });
  assert.equal(captured(headers).type, 'map');
  replaced(Headers.prototype, 'entries', evil, () => assert.equal(captured(headers).type, 'map'));
  replaced(Headers, Symbol.hasInstance, evil, () => assert.equal(captured(headers).type, 'object'));
  replaced(Map.prototype, Symbol.iterator, evil, () => assert.equal(captured(headers).type, 'object'));
  replaced(Object.getPrototypeOf(new Map().entries()), 'next', evil, () =>
    assert.equal(captured(headers).type, 'object'),
  );
  for (const real of [url, url.searchParams, headers]) {
    assert.equal(captured(Object.create(Object.getPrototypeOf(real))).type, 'object');
    assert.equal(captured(new Proxy(real, {})).type, 'proxy');
  }
  const limit = Error.stackTraceLimit;
  replaced(Error, 'stackTraceLimit', { get: () => limit, set: () => ran++ }, () => {
    captured(Object.create(URLSearchParams.prototype));
  });
  assert.equal(ran, 0);
});

test('undici is not loaded for its headers, nor is a class that stands in their place taken for them', () => {
  const dist = (path: string) => new URL(`../dist/${path}`, import.meta.url).href;
  const script = `
    const { createCapturer } = await import(${JSON.stringify(dist('capture/capture.js'))});
    const { createRedactor } = await import('@borescope/redaction');
    class Headers {}
    const capturer = createCapturer({ redactor: createRedactor({}), now: () => 0 });
    const capture = (value) => capturer.capture({
      names: [{ name: 'it', scope: 'local' }], values: [value], hasThis: false, expressions: [],
      budget: { nodes: 100, bytes: 9999, microseconds: 1e6 },
    }).variables[0].value.type;
    const isLoaded = () => process.moduleLoadList.includes('NativeModule internal/deps/undici/undici');
    const before = [capture(new Headers()), isLoaded()];
    const { headers } = new Response('x');
    globalThis.Headers = class extends Headers { entries() { throw new Error('webidl.brandCheck(this'); } };
    console.log(JSON.stringify([before, capture(headers), capture(new globalThis.Headers())]));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.deepEqual(JSON.parse(stdout || JSON.stringify(stderr)), [['object', false], 'object', 'object']);
});

test('an expression reads the parts of a URL', () => {
  const url = new URL('https://ann:hunter2@shop.example/carts?page=2');
  const [path] = capture(url, 'it.pathname').values;
  assert.deepEqual(path?.value, { type: 'string', value: '/carts' });
  const [size] = capture(url, 'it.searchParams.size').values;
  assert.deepEqual(size?.value, { type: 'number', value: 1 });
  assert.equal(JSON.stringify(capture(url, 'it.password').values).includes('hunter2'), false);
});
