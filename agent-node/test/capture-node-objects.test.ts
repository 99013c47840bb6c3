import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type CapturedValue, capturedValue, LIMITS } from '@borescope/agent-protocol';
import { createRedactor } from '@borescope/redaction';
import { createCapturer } from '../src/capture/capture.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';

const redactor = createRedactor({ pseudonym: (kind) => `p${kind.length}` });

/** A request as a server has it, with a body as body parsers leave it, and its answer. */
async function exchange(t: TestContext): Promise<{ req: IncomingMessage; res: ServerResponse }> {
  const server = createServer();
  t.after(() => server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const sent = request({
    port,
    method: 'POST',
    path: '/orders?page=2',
    headers: { Authorization: 'Bearer s3cr3t-t0ken-value', 'X-Shop': 'north' },
  });
  sent.on('error', () => undefined);
  sent.end();
  const [req, res] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  Object.assign(req, { body: { user: { name: 'kim', cart: [1, 2] } }, params: { id: '7' }, res });
  res.setHeader('X-Answer', 'yes');
  return { req, res };
}

function capture(it: object, expressions: string[] = [], bytes: number = LIMITS.hitBytes) {
  return createCapturer({ redactor, now: () => performance.now() * 1000 }).capture({
    names: [{ name: 'it', scope: 'local' }],
    values: [it],
    thisValue: undefined,
    hasThis: false,
    expressions: expressions.map((text) => {
      const parsed = parseExpression(text, { redactor });
      assert.ok(parsed.ok);
      return { text, evaluate: compileExpression(parsed.tree, { redactor }) };
    }),
    budget: { nodes: 4000, bytes, microseconds: 1_000_000 },
  });
}

function properties(value: CapturedValue | undefined): Map<string, CapturedValue> {
  const shown = capturedValue.parse(JSON.parse(JSON.stringify(value)));
  assert.ok(shown.type === 'object', shown.type);
  return new Map(shown.properties.map((one) => [one.name, one.value]));
}

test('of a request one sees first what was asked for, and of what is inside of Node only that it is there', async (t) => {
  const { req } = await exchange(t);
  const shown = properties(capture(req).variables[0]?.value);
  assert.deepEqual([...shown.keys()].slice(0, 5), ['headers', 'method', 'url', 'params', 'body']);
  assert.deepEqual(shown.get('url'), { type: 'string', value: '/orders?page=2' });
  const user = properties(properties(shown.get('body')).get('user'));
  assert.deepEqual(user.get('name'), { type: 'string', value: 'kim' });
  for (const name of ['_readableState', 'socket', 'res']) assert.equal(shown.get(name)?.type, 'depth', name);
  assert.ok([...shown.keys()].indexOf('_readableState') > [...shown.keys()].indexOf('httpVersion'));
});

test('the body of a request is whole where the hit has little room', async (t) => {
  const { req } = await exchange(t);
  const shown = properties(capture(req, [], 4500).variables[0]?.value);
  const user = properties(properties(shown.get('body')).get('user'));
  assert.deepEqual(user.get('name'), { type: 'string', value: 'kim' });
});

test('the headers of a request are shown as they came or as Node has made them, secrets hidden in both', async (t) => {
  const fresh = new IncomingMessage(new Socket());
  fresh.rawHeaders.push('Authorization', 'Bearer s3cr3t-t0ken-value', 'X-Shop', 'north');
  const before = JSON.stringify(properties(capture(fresh).variables[0]?.value).get('headers'));
  assert.match(before, /"X-Shop".*"north"/);
  assert.doesNotMatch(before, /s3cr3t/);
  const unread = capture(fresh, ['it.headers']).values[0];
  assert.match(unread?.error ?? '', /is a getter, and is not run; read rawHeaders/);

  const { req } = await exchange(t);
  assert.equal(req.headers['x-shop'], 'north');
  const after = properties(properties(capture(req).variables[0]?.value).get('headers'));
  assert.deepEqual(after.get('x-shop'), { type: 'string', value: 'north' });
  assert.equal(after.get('authorization')?.type, 'redacted');
  const read = capture(req, ['it.headers["x-shop"]', 'it.headers.authorization']).values;
  assert.deepEqual(read[0]?.value, { type: 'string', value: 'north' });
  assert.equal(read[1]?.value?.type, 'redacted');
});

test('headers that the application reads in its own way are not guessed', async (t) => {
  const { req } = await exchange(t);
  let ran = 0;
  const own = Object.create(Object.getPrototypeOf(req), { headers: { get: () => (ran += 1) } });
  assert.match(capture(own, ['it.headers']).values[0]?.error ?? '', /is a getter, and is not run/);
  assert.equal(ran, 0);
});

test('of an answer one sees first its status and its headers', async (t) => {
  const { res } = await exchange(t);
  res.statusCode = 418;
  const shown = properties(capture(res).variables[0]?.value);
  assert.deepEqual([...shown.keys()].slice(0, 2), ['headers', 'statusCode']);
  assert.match(JSON.stringify(shown.get('headers')), /"X-Answer".*"yes"/);
  assert.equal(shown.get('req')?.type, 'depth');
});
