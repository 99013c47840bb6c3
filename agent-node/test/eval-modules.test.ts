import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const SOURCE = `exports.calc = function calc(x) {
  const twice = x * 2;
  return twice + 0.5;
};
`;
const MAP = {
  version: 3,
  file: './src/calc.js',
  mappings: 'AAAA,YAAY;AACZ;AACA;AACA',
  sources: ['webpack://app/./src/calc.js?4e32'],
  sourcesContent: [SOURCE],
  names: [],
  sourceRoot: '',
};
const DATA_URL = `data:application/json;charset=utf-8;base64,${Buffer.from(JSON.stringify(MAP)).toString('base64')}`;

/** As webpack writes a module in development. */
const DEVTOOLS: readonly [devtool: string, module: string][] = [
  ['eval', `{${SOURCE}\n\n//# sourceURL=webpack://app/./src/calc.js?\n}`],
  [
    'eval-source-map',
    `{${SOURCE}//# sourceURL=[module]\n//# sourceMappingURL=${DATA_URL}\n//# sourceURL=webpack-internal:///./src/calc.js\n\n}`,
  ],
];

describe('modules that a bundler evals', () => {
  let folder: string;
  let broker: TestBroker;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-eval-'));
    broker = await TestBroker.start();
  });
  after(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  for (const [devtool, module] of DEVTOOLS) {
    it(
      proves('agent:source-maps', `are found under their names, in their stacks too, with devtool: '${devtool}'`),
      async () => {
        const path = join(folder, `${devtool}.cjs`);
        const load = `const run = (exports) => { eval(${JSON.stringify(module)}); };`;
        await writeFile(path, `${load}\nconst made = {};\nrun(made);\nsetInterval(() => made.calc(1), 20);\n`);
        const hellos = broker.frames.filter(({ type }) => type === 'hello').length;
        const application = startApplication(broker, path);
        try {
          await broker.hello(hellos + 1);
          broker.arm({ actionId: devtool, place: { file: 'src/calc.js', line: 3 } });
          const { place: bound } = await broker.next('armed', ({ actionId }) => actionId === devtool);
          const { hit } = await broker.next('hit', ({ actionId }) => actionId === devtool);
          assert.deepEqual([bound.sourceLine.trim(), bound.note], ['return twice + 0.5;', undefined]);
          assert.deepEqual(hit.variables.find(({ name }) => name === 'twice')?.value, { type: 'number', value: 2 });
          const [frame] = hit.stack;
          assert.deepEqual([frame?.function.split('.').at(-1), frame?.file, frame?.line], ['calc', bound.file, 3]);
          assert.match(bound.file, /\/src\/calc\.js$/);
        } finally {
          await application.stop();
        }
      },
    );
  }
});
