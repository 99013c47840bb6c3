import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { snapshot } from '../../scripts/demo/snapshot.ts';
import { npm } from '../../scripts/run.mjs';
import { NodeProcess } from '../live/node-process.ts';
import { proves } from '../proves.ts';
import { packAll } from './pack.ts';

const execute = promisify(execFile);

// Not below the repository: nothing may be found there by looking upwards.
const folder = mkdtempSync(join(tmpdir(), 'borescope-install-'));
const operations = join(folder, 'operations');
const application = join(folder, 'application');
const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

const PROGRAM = `
const basket = { owner: 'ada@example.com', items: ['kettle', 'filters'], shipping: 490 };
function total(prices) {
  let sum = basket.shipping;
  for (const price of prices) sum += price;
  return sum;
}
setInterval(() => total([6495, 435]), 50);
console.log('running with', basket.items.length, 'items');
process.once('SIGTERM', () => process.exit(0));
`;

let broker: NodeProcess;
let url = '';

before(async () => {
  const packed = await packAll(join(folder, 'tarballs'));
  const tarballs = packed.filter(({ name }) => name !== '@borescope/agent').map(({ tarball }) => tarball);
  for (const project of [operations, application]) {
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "name": "basket", "version": "3.1.0", "type": "module" }\n');
  }
  await npm(['install', ...quiet, ...tarballs], { cwd: operations });
  broker = new NodeProcess([bin(), 'serve', '--port', '0', '--data-dir', join(folder, 'data')], { cwd: operations });
  [, url = ''] = await broker.line(/listening on (\S+)/);
});

after(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The command as npm linked it. */
function bin(): string {
  return join(operations, 'node_modules/.bin/borescope');
}

async function borescope(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await execute(process.execPath, [bin(), ...args], {
    cwd: operations,
    env: { ...process.env, ...environment },
    timeout: 90_000,
  });
  return stdout;
}

async function token(kind: 'mcp' | 'agent'): Promise<string> {
  const args = ['token', 'create', '--kind', kind, '--name', 'test', '--data-dir', join(folder, 'data'), '--json'];
  const made: unknown = JSON.parse(await borescope(args));
  assert.ok(typeof made === 'object' && made !== null && 'token' in made && typeof made.token === 'string');
  return made.token;
}

test(
  proves(
    ['commands:install', 'commands:json', 'broker:agent'],
    'what was packed does the main job in a project outside the repository',
  ),
  async () => {
    // The agent comes from the broker itself, so that the two always match.
    await npm(['install', ...quiet, `${url}/agent.tgz`], { cwd: application });
    const installed: unknown = JSON.parse(readFileSync(join(application, 'package-lock.json'), 'utf8'));
    assert.ok(typeof installed === 'object' && installed !== null && 'packages' in installed);
    assert.deepEqual(Object.keys(Object(installed.packages)), ['', 'node_modules/@borescope/agent']);

    writeFileSync(join(application, 'basket.js'), PROGRAM);
    const app = new NodeProcess(['--import', '@borescope/agent', 'basket.js'], {
      cwd: application,
      environment: {
        BORESCOPE_URL: `${url.replace(/^http/, 'ws')}/agent/v1`,
        BORESCOPE_TOKEN: await token('agent'),
      },
    });
    try {
      await app.line(/running with 2 items/);
      const environment = { BORESCOPE_URL: url, BORESCOPE_TOKEN: await token('mcp') };
      await attached(environment);
      const line = PROGRAM.split('\n').indexOf('  return sum;') + 1;
      const flags = ['--service', 'basket', '--expression', 'prices.length', '--expression', 'basket.owner', '--json'];
      const output = await borescope(['snapshot', `basket.js:${line}`, ...flags], environment);
      const { hits, redactions } = snapshot.parse(JSON.parse(output));
      const [hit] = hits;
      assert.ok(hit);
      assert.equal(hit.function, 'total');
      assert.equal(hit.variables?.local?.['sum'], 7420);
      assert.deepEqual(hit.variables?.local?.['prices'], [6495, 435]);
      assert.deepEqual(hit.values?.[0], { expression: 'prices.length', value: 2 });
      assert.deepEqual(redactions.kinds, ['email']);
      assert.equal(output.includes('ada@'), false);
    } finally {
      assert.equal(await app.stop(), 0);
    }
    assert.equal(await broker.stop(), 0);
  },
);

/** The command line has no wait of its own for a runtime: a person would look again, too. */
async function attached(environment: Readonly<Record<string, string>>): Promise<void> {
  for (let tries = 0; tries < 30; tries += 1) {
    if ((await borescope(['runtimes', '--service', 'basket'], environment)).includes('3.1.0')) return;
  }
  assert.fail('the application is not attached');
}
