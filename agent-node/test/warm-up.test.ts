import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import type { Redactor } from '@borescope/redaction';
import { now } from '../src/application/clock.ts';
import { NO_RULES, redactorOf } from '../src/application/redaction.ts';
import { WARM } from '../src/application/shared.ts';
import { createWarmUp } from '../src/application/warm-up.ts';
import { createCapturer } from '../src/capture/capture.ts';

const BUDGET = { nodes: 4000, bytes: 48 * 1024, microseconds: 5_000_000 };
/** More than there are. */
const MOST_STEPS = 128;

it('a first hit with a request and its response in scope meets hardly a name that the warm-up has not read', async () => {
  const real = redactorOf({ ...NO_RULES, pseudonymKey: 'key' });
  const read: string[] = [];
  const redactor: Redactor = {
    ...real,
    name(name) {
      read.push(name);
      return real.name(name);
    },
  };
  const capturer = createCapturer({ redactor, now });
  const warmUp = createWarmUp({ hiding: () => ({ redactor }), capturer: () => capturer });
  let steps = 0;
  while (warmUp() < WARM.practised && steps < MOST_STEPS) steps += 1;
  assert.ok(steps < MOST_STEPS, 'it ends');
  const before = read.length;

  const server = createServer((req, res) => {
    const names = [
      { name: 'req', scope: 'local' },
      { name: 'res', scope: 'local' },
    ] as const;
    const values = [req, res];
    const request = { names, values, thisValue: undefined, hasThis: false, expressions: [], budget: BUDGET };
    const captured = JSON.stringify(capturer.capture(request));
    // Node's own insides are told as too deep.
    for (const part of ['"method"', '"headers"', '"statusCode"', '"socket"', '"_readableState"']) {
      assert.ok(captured.includes(part), part);
    }
    res.end();
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [response] = await once(get({ port, agent: false, signal: AbortSignal.timeout(10_000) }), 'response');
    response.resume();
    await once(response, 'end');
  } finally {
    server.close();
  }
  // Some 200 without the warm-up; the numbers of versions to come may have names of their own.
  const anew = read.slice(before);
  assert.ok(anew.length < 40, `read anew: ${anew.join(' ')}`);
});
