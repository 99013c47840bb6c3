import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ArmSpec } from '@borescope/agent-protocol';
import { transform } from 'esbuild';
import { proves } from '../../tests/proves.ts';
import { AGENT, type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const TSX = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;

const ORDER_TS = `interface Order {
  id: number;
  lines: { price: number; quantity: number }[];
}

type Total = number;

export function total(order: Order): Total {
  // adds up
  let sum = 0;
  for (const line of order.lines) {
    sum += line.price * line.quantity;
  }

  const rounded = Math.round(sum * 100) / 100;
  return rounded;
}

export const half = (n: number): number => n / 2;
`;
const MAIN_TS = `import { half, total } from './order.js';

let id = 0;
setInterval(() => {
  id += 1;
  half(total({ id, lines: [{ price: 2.5, quantity: 4 }] }));
}, 10);
`;

describe('places in the files that developers know', () => {
  let folder: string;
  let broker: TestBroker;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'borescope-sources-')));
    broker = await TestBroker.start();
  });
  after(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  async function project(name: string, files: Record<string, string>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name, path)), { recursive: true });
      await writeFile(join(folder, name, path), text);
    }
    return join(folder, name);
  }

  function compile(at: string, ...options: string[]): void {
    const args = [
      '--outDir',
      'dist',
      '--rootDir',
      'src',
      '--target',
      'es2022',
      '--skipLibCheck',
      '--types',
      '',
      ...options,
    ];
    execFileSync(process.execPath, [TSC, ...args, '--noCheck', 'src/main.ts', 'src/order.ts'], {
      cwd: at,
      stdio: 'pipe',
    });
  }

  async function running(
    file: string,
    body: (application: Application) => Promise<void>,
    execArgv?: string[],
  ): Promise<void> {
    const hellos = broker.frames.filter(({ type }) => type === 'hello').length;
    const application = startApplication(broker, file, {
      cwd: dirname(dirname(file)),
      ...(execArgv ? { execArgv } : {}),
    });
    try {
      await broker.hello(hellos + 1);
      await body(application);
      assert.equal(application.stderr, '');
    } finally {
      await application.stop();
    }
  }

  let count = 0;
  function arm(place: ArmSpec['place'], more: Partial<ArmSpec> = {}): string {
    const actionId = `action-${++count}`;
    broker.arm({ actionId, place, ...more });
    return actionId;
  }
  const hitOf = (actionId: string) => broker.next('hit', (frame) => frame.actionId === actionId);
  const armedOf = (actionId: string) => broker.next('armed', (frame) => frame.actionId === actionId);
  const problemOf = async (actionId: string) =>
    (await broker.next('failed', (frame) => frame.actionId === actionId)).problem;

  const kinds: [string, string[], Record<string, string>][] = [
    ['CommonJS and an external map', ['--module', 'commonjs', '--sourceMap'], {}],
    [
      'ES modules and an external map',
      ['--module', 'nodenext', '--sourceMap'],
      { 'package.json': '{"name":"p","type":"module"}' },
    ],
    ['an inline map with its sources', ['--module', 'commonjs', '--inlineSourceMap', '--inlineSources'], {}],
  ];
  for (const [what, options, files] of kinds) {
    it(proves('agent:source-maps', `binds TypeScript compiled to ${what}`), async () => {
      const at = await project(what.replaceAll(' ', '-'), {
        ...files,
        'src/order.ts': ORDER_TS,
        'src/main.ts': MAIN_TS,
      });
      compile(at, ...options);
      await running(join(at, 'dist/main.js'), async () => {
        const actionId = arm({ file: 'src/order.ts', line: 16, expectLine: 'return rounded;' });
        const { place } = await armedOf(actionId);
        assert.equal(place.file, join(at, 'src/order.ts'));
        assert.equal(place.sourceLine, '  return rounded;');
        const { hit } = await hitOf(actionId);
        assert.deepEqual(hit.variables.find(({ name }) => name === 'rounded')?.value, { type: 'number', value: 10 });
        assert.equal(hit.file, join(at, 'src/order.ts'));
        assert.deepEqual(
          hit.stack.slice(0, 2).map(({ file, line }) => [file, line]),
          [
            [join(at, 'src/order.ts'), 16],
            [join(at, 'src/main.ts'), 6],
          ],
        );
        const arrow = arm({ file: 'order.ts', line: 19 });
        const { hit: inside } = await hitOf(arrow);
        assert.deepEqual(inside.variables.find(({ name }) => name === 'n')?.value, { type: 'number', value: 10 });
        const generated = arm({ file: 'dist/order.js', line: 1 });
        assert.match(
          (await Promise.race([problemOf(generated), armedOf(generated).then(() => ({ code: 'armed' }))])).code,
          /LINE_NOT_EXECUTABLE|armed/,
        );
      });
    });
  }

  it(proves('agent:source-maps', 'binds TypeScript that tsx compiles when it is loaded'), async () => {
    const at = await project('tsx', {
      'package.json': '{"name":"t","type":"module"}',
      'src/order.ts': ORDER_TS,
      'src/main.ts': MAIN_TS,
    });
    const body = async () => {
      const actionId = arm({ file: 'src/order.ts', line: 12 });
      const { place } = await armedOf(actionId);
      assert.equal(place.sourceLine, '    sum += line.price * line.quantity;');
      const { hit } = await hitOf(actionId);
      assert.deepEqual(hit.variables.find(({ name }) => name === 'sum')?.value, { type: 'number', value: 0 });
      assert.equal(hit.stack[0]?.line, 12);
      assert.equal(hit.stack[1]?.line, 6);
    };
    await running(join(at, 'src/main.ts'), body, ['--import', TSX, '--import', AGENT]);
  });

  it(proves('agent:source-maps', 'reads an indexed source map, as bundlers that join scripts write it'), async () => {
    const at = await project('indexed', { 'src/order.ts': ORDER_TS, 'src/main.ts': MAIN_TS });
    compile(at, '--module', 'commonjs', '--sourceMap');
    const path = join(at, 'dist/order.js.map');
    const map: unknown = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, map }] }));
    await running(join(at, 'dist/main.js'), async () => {
      const { hit } = await hitOf(arm({ file: 'src/order.ts', line: 12 }));
      assert.equal(hit.file, join(at, 'src/order.ts'));
      assert.deepEqual([hit.stack[0]?.function, hit.stack[0]?.line], ['total', 12]);
    });
  });

  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const strips = major > 22 || (major === 22 && minor >= 18);
  it(proves('agent:source-maps', 'binds TypeScript whose types Node strips when it is loaded'), {
    skip: strips ? false : `Node ${process.versions.node} strips no types; 22.18 and later do`,
  }, async () => {
    const main = MAIN_TS.replace('./order.js', './order.ts');
    const at = await project('stripped', {
      'package.json': '{"type":"module"}',
      'src/order.ts': ORDER_TS,
      'src/main.ts': main,
    });
    // Node 22 says on stderr that this is experimental.
    const execArgv = ['--disable-warning=ExperimentalWarning', '--import', AGENT];
    const body = async () => {
      const { hit } = await hitOf(arm({ file: 'src/order.ts', line: 12 }));
      assert.deepEqual([hit.stack[0]?.function, hit.stack[0]?.line], ['total', 12]);
      assert.deepEqual(hit.variables.find(({ name }) => name === 'sum')?.value, { type: 'number', value: 0 });
      assert.doesNotMatch(JSON.stringify(hit.variables), /not_captured/);
    };
    await running(join(at, 'src/main.ts'), body, execArgv);
  });

  it(proves('agent:packages', 'binds inside a package under node_modules, loaded or not'), async () => {
    const at = await project('package', {
      'node_modules/till/package.json': '{"name":"till","main":"lib/till.js"}',
      'node_modules/till/lib/till.js':
        'exports.ring = (total) => {\n  const tax = total * 0.2;\n  return total + tax;\n};\n',
      'node_modules/till/lib/late.js': 'const loaded = 1;\nexports.twice = loaded * 2;\n',
      'bin/app.cjs':
        "const till = require('till');\nsetInterval(() => till.ring(10), 10);\nprocess.on('message', () => require('till/lib/late.js'));\n",
    });
    await running(join(at, 'bin/app.cjs'), async (application) => {
      const { hit } = await hitOf(arm({ file: 'node_modules/till/lib/till.js', line: 3 }));
      assert.deepEqual(hit.variables.find(({ name }) => name === 'tax')?.value, { type: 'number', value: 2 });
      const late = arm({ file: 'node_modules/till/lib/late.js', line: 2 });
      await broker.next('pending', ({ actionId }) => actionId === late);
      application.tell('load');
      const found = await hitOf(late);
      assert.deepEqual(found.hit.variables.find(({ name }) => name === 'loaded')?.value, { type: 'number', value: 1 });
    });
  });

  it(proves('errors:line-not-executable', 'says which lines run where the line cannot'), async () => {
    const at = await project('idle', { 'src/order.ts': ORDER_TS, 'src/main.ts': MAIN_TS });
    compile(at, '--module', 'commonjs', '--sourceMap');
    await running(join(at, 'dist/main.js'), async () => {
      for (const [line, nearest] of [
        [6, /10: let sum = 0;/],
        [9, /10: let sum = 0;/],
        [14, /15: const rounded/],
        [400, /19: export const half/],
      ] as const) {
        const problem = await problemOf(arm({ file: 'order.ts', line }));
        assert.equal(problem.code, 'LINE_NOT_EXECUTABLE', problem.message);
        assert.match(problem.hint ?? '', nearest);
      }
      assert.match((await problemOf(arm({ file: 'order.ts', line: 400 }))).message, /past the end/);
    });
  });

  it(proves('errors:line-not-executable', 'names the nearest lines that run, however far they are'), async () => {
    const comment = '// a line of a long comment\n'.repeat(40);
    const types = `interface Long {\n${Array.from({ length: 40 }, (_, i) => `  field${i}: number;\n`).join('')}}\n`;
    const at = await project('far', {
      'src/order.ts': `${types}${ORDER_TS}`,
      'src/main.ts': MAIN_TS,
      'bin/late.cjs': `${comment}const late = 1;\n`,
      'bin/app.cjs': `${comment}setInterval(() => {}, 50);\nrequire('../dist/main.js');\n`,
    });
    compile(at, '--module', 'commonjs', '--sourceMap');
    await running(join(at, 'bin/app.cjs'), async () => {
      for (const [file, nearest] of [
        ['bin/app.cjs', /41: setInterval/],
        ['bin/late.cjs', /41: const late = 1;/],
        ['src/order.ts', /52: let sum = 0;/],
      ] as const) {
        const problem = await problemOf(arm({ file, line: 1 }));
        assert.equal(problem.code, 'LINE_NOT_EXECUTABLE', problem.message);
        assert.match(problem.hint ?? '', nearest);
      }
    });
  });

  it(
    proves(
      'errors:source-mismatch',
      'refuses a line whose text is not what the caller believes, and says what stands there',
    ),
    async () => {
      const at = await project('mismatch', {
        'bin/app.cjs':
          'function tick(n) {\n  const twice = n * 2;\n  return twice;\n}\nsetInterval(() => tick(1), 10);\n',
      });
      await running(join(at, 'bin/app.cjs'), async () => {
        const problem = await problemOf(arm({ file: 'app.cjs', line: 2, expectLine: 'return twice;' }));
        assert.equal(problem.code, 'SOURCE_MISMATCH');
        assert.match(problem.message, /const twice = n \* 2;/);
        assert.match(problem.hint ?? '', /line 3/);
        await hitOf(arm({ file: 'app.cjs', line: 2, expectLine: '   const twice = n * 2;  ' }));
      });
    },
  );

  it(
    proves(
      ['errors:file-not-found', 'errors:file-ambiguous'],
      'names the nearest files where none matches, and the candidates where several do',
    ),
    async () => {
      const at = await project('names', {
        'bin/app.cjs': "require('../a/index.cjs'); require('../b/index.cjs'); setInterval(() => {}, 50);\n",
        'a/index.cjs':
          'setInterval(() => {\n  Date.now();\n}, 10);\n' +
          "globalThis.kept = new WebAssembly.Module(Buffer.from('0061736d01000000', 'hex'));\n",
        'b/index.cjs': 'setInterval(() => {\n  Date.now();\n}, 10);\n',
      });
      await running(join(at, 'bin/app.cjs'), async () => {
        const missing = await problemOf(arm({ file: 'src/indes.cjs', line: 1 }));
        assert.equal(missing.code, 'FILE_NOT_FOUND');
        assert.match(missing.hint ?? '', /a\/index\.cjs/);
        const unlike = await problemOf(arm({ file: 'src/checkout-of-orders.ts', line: 1 }));
        assert.match(unlike.hint ?? '', /Nearest: .*index\.cjs/);
        assert.doesNotMatch(unlike.hint ?? '', /wasm/);
        const several = await problemOf(arm({ file: 'index.cjs', line: 2 }));
        assert.equal(several.code, 'FILE_AMBIGUOUS');
        assert.match(several.hint ?? '', /a\/index\.cjs.*b\/index\.cjs/);
        const { place } = await armedOf(arm({ file: 'b/index.cjs', line: 2 }));
        assert.equal(place.file, join(at, 'b/index.cjs'));
        const elsewhere = await armedOf(arm({ file: '/home/ann/work/names/a/index.cjs', line: 2 }));
        assert.equal(elsewhere.place.file, join(at, 'a/index.cjs'));
      });
    },
  );

  it(proves('agent:not-loaded', 'waits for a module that is not loaded, and sees its first pass'), async () => {
    const late = 'const seen = process.argv.length;\nconst twice = seen * 2;\nmodule.exports = { twice };\n';
    const at = await project('pending', {
      'bin/app.cjs': "process.on('message', (path) => import(path)); setInterval(() => {}, 50);\n",
      'lib/late.cjs': late,
      'lib/late.mjs': 'const seen = process.argv.length;\nexport const twice = seen * 2;\n',
      'src/order.ts': `${ORDER_TS}total({ id: 1, lines: [{ price: 3, quantity: 3 }] });\n`,
      'src/main.ts': MAIN_TS,
    });
    compile(at, '--module', 'commonjs', '--sourceMap');
    await running(join(at, 'bin/app.cjs'), async (application) => {
      for (const [file, line, name, value] of [
        ['lib/late.cjs', 2, 'seen', 2],
        ['lib/late.mjs', 2, 'seen', 2],
        ['src/order.ts', 15, 'sum', 9],
      ] as const) {
        const actionId = arm({ file, line });
        await broker.next('pending', (frame) => frame.actionId === actionId);
        application.tell(join(at, file === 'src/order.ts' ? 'dist/order.js' : file));
        const { hit } = await hitOf(actionId);
        assert.deepEqual(hit.variables.find((other) => other.name === name)?.value, { type: 'number', value });
        assert.equal(hit.file, join(at, file));
        assert.equal(hit.line, line);
      }
      const misnamed = await problemOf(arm({ file: 'src/main.ts', line: 7 }, { condition: 'idd > 1' }));
      assert.match(misnamed.message, /`idd` is not in scope at line 7/);
      assert.match(misnamed.hint ?? '', /`id`/);
      const blank = await problemOf(arm({ file: 'src/main.ts', line: 2 }));
      assert.equal(blank.code, 'LINE_NOT_EXECUTABLE');
      // Nothing has loaded it: it was placed for a while, and never armed.
      const never = arm({ file: 'src/main.ts', line: 7 }, { ttlMs: 300 });
      const { observation } = await broker.next('status', (frame) => frame.actionId === never && frame.removed);
      assert.equal(observation.armedMs, 0);
      assert.ok(observation.placedMs > 0);
    });
  });

  it('waits for a file of which one build that is not loaded declares the names, and another does not', async () => {
    const at = await project('builds', {
      'bin/app.cjs': 'setInterval(() => {}, 50);\n',
      'src/order.ts': ORDER_TS,
      'src/main.ts': MAIN_TS,
    });
    compile(at, '--module', 'commonjs', '--sourceMap');
    const { code, map } = await transform(ORDER_TS, { loader: 'ts', minify: true, sourcemap: true, sourcefile: 'x' });
    await mkdir(join(at, 'a-build'));
    await writeFile(join(at, 'a-build/order.js'), `${code}//# sourceMappingURL=order.js.map\n`);
    const sources = { ...JSON.parse(map), sources: ['../src/order.ts'] };
    await writeFile(join(at, 'a-build/order.js.map'), JSON.stringify(sources));
    await running(join(at, 'bin/app.cjs'), async () => {
      const actionId = arm({ file: 'src/order.ts', line: 15 }, { condition: 'sum > 1' });
      const frame = await Promise.race([
        broker.next('pending', (one) => one.actionId === actionId),
        problemOf(actionId),
      ]);
      assert.ok('type' in frame && frame.type === 'pending', JSON.stringify(frame));
      assert.match(
        (await problemOf(arm({ file: 'src/order.ts', line: 15 }, { condition: 'summ > 1' }))).message,
        /`summ`/,
      );
    });
  });

  it('binds to the first statement of a function that stands on one line, not to a function inside of it', async () => {
    const at = await project('one-line', {
      'bin/app.cjs':
        'function outer(name) { var hoisted = name; function helper() { return hoisted; } return helper(); }\n' +
        'const half = (n) => n / 2;\n' +
        'setInterval(() => { outer("x"); half(1); }, 20);\n',
    });
    await running(join(at, 'bin/app.cjs'), async () => {
      for (const [line, name, owner] of [
        [1, 'name', 'outer'],
        [2, 'n', 'half'],
      ] as const) {
        const { hit } = await hitOf(arm({ file: 'bin/app.cjs', line }));
        assert.equal(hit.function, owner);
        assert.equal(hit.variables.find((other) => other.name === name)?.value.type, line === 1 ? 'string' : 'number');
      }
    });
  });

  it(proves('tools:inspect', 'inspects a place without placing anything'), async () => {
    const at = await project('inspect', { 'src/order.ts': ORDER_TS, 'src/main.ts': MAIN_TS });
    compile(at, '--module', 'commonjs', '--sourceMap');
    await running(join(at, 'dist/main.js'), async () => {
      broker.send({ type: 'inspect', requestId: 'r1', place: { file: 'src/order.ts', line: 12 } });
      const { inspection } = await broker.next('inspected', (frame) => frame.requestId === 'r1');
      assert.equal(inspection.bound?.sourceLine, '    sum += line.price * line.quantity;');
      assert.deepEqual(inspection.names.slice(0, 3), ['line', 'order', 'sum']);
      assert.equal(
        inspection.source.find(({ line }) => line === 15)?.text,
        '  const rounded = Math.round(sum * 100) / 100;',
      );
      assert.equal(inspection.scripts.length, 1);
      broker.send({ type: 'inspect', requestId: 'r2', place: { file: 'src/order.ts', line: 14 } });
      const blank = await broker.next('inspected', (frame) => frame.requestId === 'r2');
      assert.equal(blank.inspection.problem?.code, 'LINE_NOT_EXECUTABLE');
      assert.ok(blank.inspection.source.length > 10);
    });
  });
});
