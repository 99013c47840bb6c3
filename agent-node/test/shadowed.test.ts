import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const CODE = `let x = 'module';
function f(y) {
  let x = 'func';
  {
    let x = 'block';
    if (x) {
      const y = 'inner';
      globalThis.last = y;
    }
  }
  return [1].map((v) => { const x = v;
    return x + y.length; });
}
setInterval(() => f('Y'), 20);
globalThis.outer = x;
`;

describe('a variable that a nearer one of the same name shadows', () => {
  let folder: string;
  let broker: TestBroker;
  let application: Application;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-shadowed-'));
    const path = join(folder, 'shadow.cjs');
    await writeFile(path, CODE);
    broker = await TestBroker.start();
    application = startApplication(broker, path);
    await broker.hello();
  });
  after(async () => {
    await application.stop();
    await broker.close();
    await rm(folder, { recursive: true });
  });

  async function shown(line: number, expressions: string[] = []) {
    const actionId = `line-${line}`;
    broker.arm({ actionId, place: { file: 'shadow.cjs', line }, expressions });
    const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
    return {
      values: hit.values.map(({ value }) => value),
      all: (wanted: string) =>
        hit.variables
          .filter(({ name }) => name === wanted)
          .map(({ scope, value }) => [scope, 'value' in value ? value.value : value.type]),
    };
  }

  it(proves('values:shadowed', 'is told behind it, in its scope, as one that cannot be read'), async () => {
    const { all, values } = await shown(8, ['x', 'y']);
    assert.deepEqual(all('y'), [
      ['block', 'inner'],
      ['block', 'not_captured'],
    ]);
    assert.deepEqual(all('x'), [
      ['block', 'block'],
      ['block', 'not_captured'],
      ['block', 'not_captured'],
    ]);
    assert.deepEqual(
      values.map((value) => value && 'value' in value && value.value),
      ['block', 'inner'],
    );
  });

  it('is told across functions, and not where nothing is shadowed', async () => {
    const { all } = await shown(12);
    assert.deepEqual(all('x'), [
      ['local', 1],
      ['local', 'not_captured'],
      ['local', 'not_captured'],
    ]);
    assert.deepEqual(all('y'), [['closure', 'Y']]);
  });

  it('is neither among the names of an inspected place, nor a reason to refuse an expression', async () => {
    broker.send({ type: 'inspect', requestId: 'i', place: { file: 'shadow.cjs', line: 8 } });
    const { inspection } = await broker.next('inspected');
    assert.deepEqual(inspection.names.filter((name) => name === 'x').length, 1);
  });
});
