import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

it(
  proves('limits:stack', 'the stack of a hit is told from the innermost frame, and at most 20 frames of it'),
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'borescope-stack-'));
    const broker = await TestBroker.start();
    const text =
      'function down(n) {\n  if (n > 0) return down(n - 1);\n  return n;\n}\nsetInterval(() => down(40), 10);\n';
    await writeFile(join(folder, 'deep.cjs'), text);
    const application = startApplication(broker, join(folder, 'deep.cjs'));
    try {
      await broker.hello();
      broker.arm({ actionId: 'a', place: { file: 'deep.cjs', line: 3 } });
      const { hit } = await broker.next('hit');
      assert.equal(hit.stack.length, 20);
      assert.deepEqual([hit.stack[0]?.function, hit.stack[0]?.line], ['down', 3]);
      for (const frame of hit.stack.slice(1)) assert.deepEqual([frame.function, frame.line], ['down', 2]);
    } finally {
      await application.stop();
      await broker.close();
      await rm(folder, { recursive: true });
    }
  },
);
