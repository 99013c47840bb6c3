import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { transform } from 'esbuild';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const SOURCE = `interface Order { id: number; items: { price: number }[] }

function total(order: Order, rate: number): number {
  let sum = 0;
  for (const item of order.items) sum += item.price;
  if (rate > 0) {
    const gross = sum * (1 + rate);
    const rounded = Math.round(gross * 100) / 100;
    return rounded;
  }
  return sum;
}

function label(order: Order): string {
  const parts = ['order', String(order.id), order.items.length > 1 ? 'many' : 'one'];
  if (order.id < 0) throw new Error('no id');
  while (parts.length > 9) parts.pop();
  if (parts[0] === 'x') parts.shift();
  if (parts[1] === 'y') parts.reverse();
  try { parts.push(String(JSON.stringify(order).length)); } catch { parts.push('?'); }
  for (const part of parts) if (part === '') console.log('an empty part stands in the label of an order, which is odd');
  switch (order.id % 3) { case 0: parts.push('zero'); break; case 1: parts.push('one'); break; default: parts.push('two'); }
  return parts.join(' ');
}

let id = 0;
setInterval(() => {
  id += 1;
  total({ id, items: [{ price: 2 }, { price: 3 }] }, 0.19);
  label({ id, items: [] });
}, 5);
`;

describe('what a place tells of itself', () => {
  let folder: string;
  let broker: TestBroker;
  let count = 0;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'borescope-notes-')));
    broker = await TestBroker.start();
  });
  after(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  async function running(name: string, code: string, body: () => Promise<void>): Promise<void> {
    const path = join(folder, name);
    await writeFile(path, code);
    const hellos = broker.frames.filter(({ type }) => type === 'hello').length;
    const application = startApplication(broker, path, { cwd: folder });
    try {
      await broker.hello(hellos + 1);
      await body();
    } finally {
      await application.stop();
    }
  }

  function arm(file: string, text: string | number, expressions: string[] = []): string {
    const actionId = `note-${++count}`;
    const line = typeof text === 'number' ? text : SOURCE.split('\n').findIndex((one) => one.includes(text)) + 1;
    broker.arm({ actionId, place: { file, line }, expressions });
    return actionId;
  }

  async function noteAt(file: string, text: string | number): Promise<string | undefined> {
    const actionId = arm(file, text);
    return (await broker.next('armed', (frame) => frame.actionId === actionId)).place.note;
  }

  it(proves('places:notes', 'a bare return names what V8 hides there, and the line that sees it'), async () => {
    const { code } = await transform(SOURCE, { loader: 'ts', sourcemap: 'inline', sourcefile: 'total.ts' });
    await running('total.cjs', code, async () => {
      const note = await noteAt('total.ts', 'return rounded;');
      assert.match(note ?? '', /`gross`, `rounded` cannot be seen at this return/);
      assert.match(note ?? '', /Line 8 \(const rounded = Math\.round\(gross \* 100\) \/ 100;\) still sees/);
      assert.match(note ?? '', /in the caller/);
      assert.equal(await noteAt('total.ts', 'const rounded'), undefined);
      assert.equal(await noteAt('total.ts', 'return sum;'), undefined);

      const asked = arm('total.ts', 'return rounded;', ['rounded', 'order.id']);
      const { problem } = await broker.next('failed', (frame) => frame.actionId === asked);
      assert.equal(problem.code, 'EXPRESSION_INVALID');
      assert.match(problem.message, /^expressions\[0\] "rounded": column 1: `rounded` cannot be seen at line 9$/);
      assert.equal(problem.hint, note);

      // What the note says holds: the line before can compute it.
      const before = arm('total.ts', 'const rounded', ['Math.round(gross * 100) / 100']);
      const { hit } = await broker.next('hit', (frame) => frame.actionId === before);
      assert.deepEqual(hit.values[0]?.value, { type: 'number', value: 5.95 });
    });
  });

  it(proves('places:notes', 'the end of a return tells what a default of a parameter hides there'), async () => {
    const code = `function chain(user, limit = 5) {
  const rows = [user, limit];
  var text = user + 'x';
  return {
    rows,
    text,
  };
}
setInterval(() => chain('ann'), 5);
`;
    await running('chain.cjs', code, async () => {
      assert.match((await noteAt('chain.cjs', 7)) ?? '', /`rows`, `text` cannot be seen at this return.*Line 4/);
      const actionId = arm('chain.cjs', 4, ['rows.length', 'text']);
      const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
      assert.deepEqual(
        hit.values.map(({ value }) => value && 'value' in value && value.value),
        [2, 'annx'],
      );
      const end = arm('chain.cjs', 7, ['user', 'limit']);
      const last = await broker.next('hit', (frame) => frame.actionId === end);
      assert.deepEqual(
        last.hit.values.map(({ value }) => value && 'value' in value && value.value),
        ['ann', 5],
      );
    });
  });

  it(proves('places:notes', 'a minified script without a source map says that its names are generated'), async () => {
    const minified = await transform(SOURCE, { loader: 'ts', minify: true });
    await running('minified.cjs', minified.code, async () => {
      assert.match((await noteAt('minified.cjs', 1)) ?? '', /looks minified and has no source map/);
    });
    const plain = await transform(SOURCE, { loader: 'ts' });
    await running('plain.cjs', plain.code, async () => {
      assert.equal(await noteAt('plain.cjs', 2), undefined);
    });
  });

  it(proves('places:notes', 'minified code with a source map tells its names by those of the source'), async () => {
    const { code } = await transform(SOURCE, {
      loader: 'ts',
      minify: true,
      sourcemap: 'inline',
      sourcefile: 'small.ts',
    });
    await running('small.cjs', code, async () => {
      const asked = arm('small.ts', 'for (const item', ['sum + 1', 'nothing']);
      const { problem } = await broker.next('failed', (frame) => frame.actionId === asked);
      const name = /names it anew: write `(\w+)`/.exec(problem.hint ?? '')?.[1];
      assert.ok(name && name !== 'sum', problem.hint);
      assert.match(problem.hint ?? '', /names of the minified code/);
      const again = arm('small.ts', 'for (const item', [`${name} + 1`]);
      const { place } = await broker.next('armed', (frame) => frame.actionId === again);
      assert.match(place.note ?? '', /other names than its source/);
      assert.ok(place.note?.includes(`\`sum\` is \`${name}\``), place.note);
      const { hit } = await broker.next('hit', (frame) => frame.actionId === again);
      assert.equal(hit.values[0]?.value?.type, 'number');
    });
  });

  it(proves('places:notes', 'a source map that cannot be read is told'), async () => {
    const { code } = await transform(SOURCE, { loader: 'ts' });
    await running('lost.cjs', `${code}//# sourceMappingURL=lost.cjs.map\n`, async () => {
      assert.match((await noteAt('lost.cjs', 2)) ?? '', /source map that this script names cannot be read/);
    });
  });
});
