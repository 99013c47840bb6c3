import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArmSpec, Blocked, Inspection, Policy } from '@borescope/agent-protocol';
import { build } from 'esbuild';
import { proves } from '../../tests/proves.ts';
import { type Application, type StartOptions, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Stands in every file that is blocked in some test: in a comment, in a variable, in a name. */
const CANARY = 'canary';

const MAIN = `const keys = require('./secrets/keys.cjs');
const stripe = require('stripe');
const paypal = require('paypal');
const billing = require('@acme/billing');

class Vault {
  constructor() {
    this.code = 'canary';
  }
}
const vault = new Vault();

function order(id) {
  const parts = [keys.use(id), stripe.charge(id), paypal.charge(id), billing.charge(id)];
  return parts.length && vault;
}

process.on('message', () => require('./secrets/late.cjs'));
setInterval(() => order(1), 5);
`;
const KEYS = `// canary
function use(id) {
  const canary = id + 1;
  return helper(() => canary);
}
const helper = (fn) => fn();
module.exports = { use };
`;
const CHARGE = `// canary
exports.charge = (id) => {
  const canary = id * 2;
  return canary;
};
`;
const SECRET_TS = `// canary
export const canaryKey = 'canary' as string;
export function sign(id: number): string {
  const canary = canaryKey + id;
  return canary;
}
`;
const ORDERS_TS = `import { canaryKey, sign } from './secret';

let total = 0;
export function place(id: number): number {
  const signed = sign(id) + canaryKey.length;
  total += signed.length;
  return total;
}
setInterval(() => place(2), 5);
`;

describe('code that may never be inspected', () => {
  let folder: string;
  let broker: TestBroker;
  let revision = 0;
  let count = 0;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'borescope-blocked-')));
    const files: Record<string, string> = {
      'package.json': '{"name":"shop"}',
      'src/main.cjs': MAIN,
      'src/secrets/keys.cjs': KEYS,
      'src/secrets/late.cjs': KEYS,
      'node_modules/stripe/index.js': CHARGE,
      'node_modules/stripe/package.json': '{"name":"stripe"}',
      'node_modules/.pnpm/paypal@2.0.0/node_modules/paypal/index.js': CHARGE,
      'packages/billing/package.json': '{"name":"@acme/billing","main":"lib/index.js"}',
      'packages/billing/lib/package.json': '{"type":"commonjs"}',
      'packages/billing/lib/index.js': CHARGE,
      'bundled/src/secret.ts': SECRET_TS,
      'bundled/src/orders.ts': ORDERS_TS,
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await symlink(
      join(folder, 'node_modules/.pnpm/paypal@2.0.0/node_modules/paypal'),
      join(folder, 'node_modules/paypal'),
    );
    await mkdir(join(folder, 'node_modules/@acme'));
    await symlink(join(folder, 'packages/billing'), join(folder, 'node_modules/@acme/billing'));
    await build({
      entryPoints: [join(folder, 'bundled/src/orders.ts')],
      outfile: join(folder, 'bundled/dist/all.js'),
      bundle: true,
      platform: 'node',
      sourcemap: true,
      absWorkingDir: folder,
    });
    broker = await TestBroker.start();
  });
  after(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  const policyOf = (blocked: Partial<Blocked>): Policy => ({
    revision: ++revision,
    keyNames: [],
    blocked: { files: [], packages: [], classes: [], ...blocked },
  });

  /** The application with a policy that holds from the start. */
  async function running(
    file: string,
    blocked: Partial<Blocked>,
    body: (application: Application) => Promise<void>,
    options?: StartOptions,
  ): Promise<void> {
    broker.policy = policyOf(blocked);
    const hellos = broker.frames.filter(({ type }) => type === 'hello').length;
    const application = startApplication(broker, join(folder, file), { cwd: folder, ...options });
    try {
      await broker.hello(hellos + 1);
      await body(application);
      assert.equal(application.stderr, '');
    } finally {
      await application.stop();
    }
  }

  function arm(file: string, line: number, more: Partial<ArmSpec> = {}): string {
    const actionId = `action-${++count}`;
    broker.arm({ actionId, place: { file, line }, ...more });
    return actionId;
  }
  const hitOf = (actionId: string, nth = 1) => broker.next('hit', (frame) => frame.actionId === actionId, nth);
  const problemOf = async (actionId: string) =>
    (await broker.next('failed', (frame) => frame.actionId === actionId)).problem;
  async function inspect(file: string, line: number): Promise<Inspection> {
    const requestId = `inspect-${++count}`;
    broker.send({ type: 'inspect', requestId, place: { file, line } });
    return (await broker.next('inspected', (frame) => frame.requestId === requestId)).inspection;
  }

  /** Nothing was placed, and nothing of the code was told. */
  async function assertBlocked(file: string, line: number): Promise<void> {
    const actionId = arm(file, line, { place: { file, line, expectLine: 'something else' } });
    const problem = await problemOf(actionId);
    assert.equal(problem.code, 'BLOCKED_BY_POLICY', file);
    const inspection = await inspect(file, line);
    assert.deepEqual(inspection, { problem, source: [], names: [], scripts: [], pending: false });
    assert.ok(!JSON.stringify(problem).includes(CANARY));
    const told = broker.frames.filter((frame) => 'actionId' in frame && frame.actionId === actionId);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['failed'],
    );
  }

  it(proves('blocked:files', 'is refused by a pattern of files before anything is set, loaded or not'), () =>
    running('src/main.cjs', { files: ['src/secrets/*'] }, async () => {
      await assertBlocked('src/secrets/keys.cjs', 3);
      await assertBlocked('secrets/keys.cjs', 400);
      await assertBlocked('src/secrets/late.cjs', 3);
      const { hit } = await hitOf(arm('src/main.cjs', 15));
      assert.equal(hit.line, 15);
    }),
  );

  it(proves('blocked:files', 'is refused in a bundle that is not loaded, by what its map says'), () =>
    running('src/main.cjs', { files: ['bundled/src/secret.ts'] }, async () => {
      await assertBlocked('bundled/dist/all.js', 10);
      await assertBlocked('bundled/src/secret.ts', 4);
    }),
  );

  it(proves('blocked:files', 'is refused by the name of its package, however the package is installed'), () =>
    running('src/main.cjs', { packages: ['stripe', 'paypal', '@acme/*'] }, async () => {
      await assertBlocked('node_modules/stripe/index.js', 3);
      await assertBlocked('stripe/index.js', 3);
      await assertBlocked('node_modules/paypal/index.js', 3);
      await assertBlocked('packages/billing/lib/index.js', 3);
      assert.equal((await hitOf(arm('src/secrets/keys.cjs', 4))).hit.line, 4);
    }),
  );

  it('stays in the stacks of others, by function, file and line', () =>
    running('src/main.cjs', { files: ['src/main.cjs'] }, async () => {
      const { hit } = await hitOf(arm('src/secrets/keys.cjs', 4));
      const caller = hit.stack.find((frame) => frame.file.endsWith('main.cjs'));
      assert.deepEqual([caller?.function, caller?.line], ['order', 14]);
    }));

  for (const pattern of ['bundled/src/secret.ts', 'src/secret.ts']) {
    it(proves('blocked:files', `is refused in a bundle by its source ${pattern}, and by the bundle's own path`), () =>
      running('bundled/dist/all.js', { files: [pattern] }, async () => {
        await assertBlocked('bundled/src/secret.ts', 4);
        await assertBlocked('bundled/dist/all.js', 10);
        const actionId = arm('bundled/src/orders.ts', 6, { maxHits: 1 });
        const { hit } = await hitOf(actionId);
        assert.ok(hit.variables.some(({ name }) => name === 'total'));
        assert.ok(!hit.variables.some(({ name }) => name === 'canaryKey'), 'a variable of the blocked file');
        const { names, source } = await inspect('bundled/src/orders.ts', 6);
        assert.ok(names.includes('total') && !names.includes('canaryKey') && source.length > 0);
        const asking = arm('bundled/src/orders.ts', 6, { expressions: ['canaryKey'] });
        assert.deepEqual((await problemOf(asking)).code, 'BLOCKED_BY_POLICY');
      }),
    );
  }

  it(proves('blocked:files', 'is refused by the path of the script that runs'), () =>
    running('bundled/dist/all.js', { files: ['**/dist/**'] }, async () => {
      await assertBlocked('bundled/src/orders.ts', 6);
      await assertBlocked('bundled/dist/all.js', 10);
    }),
  );

  it('shows what it declares where nothing is blocked: the bundle is one scope', () =>
    running('bundled/dist/all.js', {}, async () => {
      const { hit } = await hitOf(arm('bundled/src/orders.ts', 6, { expressions: ['canaryKey'] }));
      assert.deepEqual(hit.values[0]?.value, { type: 'string', value: CANARY });
      assert.ok(hit.variables.some(({ name }) => name === 'canaryKey'));
    }));

  it(
    proves('blocked:at-once', 'loses the probes that are in place, and their hits, within a second of the policy'),
    () =>
      running('src/main.cjs', {}, async () => {
        // Long enough in place for the pace of policies.
        const blocked = arm('src/secrets/keys.cjs', 4, { maxHits: 50, condition: 'false' });
        const pending = arm('src/secrets/late.cjs', 4);
        const free = arm('src/main.cjs', 15, { maxHits: 50 });
        await broker.next('armed', ({ actionId }) => actionId === blocked);
        await broker.next('pending', ({ actionId }) => actionId === pending);
        await hitOf(free);
        const sent = Date.now();
        broker.send({ type: 'policy', policy: policyOf({ files: ['secrets/**'] }) });
        for (const actionId of [blocked, pending]) {
          const { code } = await problemOf(actionId);
          assert.equal(code, 'BLOCKED_BY_POLICY');
        }
        assert.ok(Date.now() - sent < 1000, `${Date.now() - sent} ms`);
        const seen = broker.frames.length;
        await hitOf(free, broker.frames.filter((frame) => frame.type === 'hit' && frame.actionId === free).length + 1);
        assert.deepEqual(
          broker.frames.slice(seen).filter((frame) => 'actionId' in frame && frame.actionId !== free),
          [],
        );
      }),
  );

  it(proves('blocked:at-once', 'sends nothing of it that waited when the policy came with a new connection'), () =>
    running('src/main.cjs', {}, async () => {
      broker.acknowledge = false;
      const actionId = arm('src/secrets/keys.cjs', 4, { maxHits: 50 });
      await hitOf(actionId);
      const spec = { kind: 'snapshot', place: { file: 'src/secrets/keys.cjs', line: 4 } } as const;
      broker.policy = policyOf({ files: ['secrets/**'] });
      broker.actions = [
        {
          action: { actionId, ...spec, expressions: [], maxHits: 50, ttlMs: 9000, overheadPercent: 1 },
          lastSequence: 0,
        },
      ];
      const hellos = broker.frames.filter(({ type }) => type === 'hello').length;
      broker.cut();
      try {
        await broker.hello(hellos + 1);
        const seen = broker.frames.length;
        assert.equal((await problemOf(actionId)).code, 'BLOCKED_BY_POLICY');
        // What it says next shows that all before it has come.
        await inspect('src/main.cjs', 15);
        assert.ok(!broker.frames.slice(seen).some(({ type }) => type === 'hit'));
      } finally {
        broker.acknowledge = true;
        broker.actions = [];
      }
    }),
  );

  it(proves('blocked:at-once', 'hides an object of a class from the next hit on'), () =>
    running('src/main.cjs', {}, async () => {
      const actionId = arm('src/main.cjs', 15, {
        maxHits: 50,
        expressions: ['vault', 'vault.code'],
        condition: 'id > 0',
      });
      const { hit } = await hitOf(actionId);
      assert.match(JSON.stringify(hit.values), /canary/);
      broker.send({ type: 'policy', policy: policyOf({ classes: ['Vault'] }) });
      const { sequence } = await broker.next(
        'hit',
        (frame) => frame.actionId === actionId && /blocked-class/.test(JSON.stringify(frame.hit.values[0])),
      );
      await hitOf(actionId, 50);
      for (const frame of broker.frames) {
        if (frame.type !== 'hit' || frame.actionId !== actionId || frame.sequence < sequence) continue;
        assert.doesNotMatch(JSON.stringify(frame), /canary/);
        assert.match(frame.hit.values[1]?.error ?? '', /a policy blocks/);
      }
    }),
  );

  it(proves('blocked:own', 'is refused by what the process itself blocks, whatever the policy says'), () =>
    running(
      'src/main.cjs',
      {},
      async () => {
        await assertBlocked('src/secrets/keys.cjs', 3);
        await assertBlocked('stripe/index.js', 3);
        const { hit } = await hitOf(arm('src/main.cjs', 15, { expressions: ['vault.code', 'vault'] }));
        assert.doesNotMatch(JSON.stringify(hit), /canary/);
        broker.send({ type: 'policy', policy: { revision: ++revision, keyNames: [] } });
        await assertBlocked('src/secrets/keys.cjs', 3);
      },
      {
        environment: {
          BORESCOPE_BLOCKED_FILES: 'src/secrets/*, /elsewhere',
          BORESCOPE_BLOCKED_PACKAGES: 'stripe',
          BORESCOPE_BLOCKED_CLASSES: 'Vault',
        },
      },
    ),
  );

  it('has to be named by a pattern that says what it seems to say, else there is no agent', async () => {
    await writeFile(join(folder, 'end.cjs'), '');
    const environment = { BORESCOPE_BLOCKED_FILES: 'src/secrets/*, src/a?.ts' };
    const { stderr, code } = await startApplication(broker, join(folder, 'end.cjs'), { environment }).ended();
    assert.equal(code, 0);
    assert.match(stderr, /^borescope: no agent was started: BORESCOPE_BLOCKED_FILES: the pattern "src\/a\?\.ts" has/);
  });
});
