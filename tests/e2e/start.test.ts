import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { proves } from '../proves.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 110_000;
/** An environment variable that every process of a start inherits, so that none can hide. */
const MARK = 'START_TEST_DATA_DIR';

interface Start {
  readonly process: ChildProcess;
  /** Both streams, as a terminal shows them. */
  output(): string;
  /** Resolves when the output holds the text. */
  shows(text: string): Promise<void>;
  /** The exit code, or the signal; rejects where it does not end in time. */
  ended(): Promise<number | string | null>;
}

/** `npm start` as a user types it, with a port and a data directory of its own. */
function npmStart(dataDir: string, args: readonly string[] = [], port = '0'): Start {
  const child = spawn('npm', ['start', ...args], {
    cwd: root,
    env: { ...process.env, BORESCOPE_PORT: port, BORESCOPE_DATA_DIR: dataDir, [MARK]: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // A terminal gives a command a process group of its own, which Ctrl-C goes to.
    detached: true,
  });
  let output = '';
  const changed = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      changed.dispatchEvent(new Event('output'));
    });
  }
  const closed = once(child, 'close');
  const limit = AbortSignal.timeout(LIMIT_MS);
  const late = new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () => reject(new Error(`npm start took too long:\n${output}`)));
  });
  // Only those who wait are told.
  late.catch(() => undefined);
  return {
    process: child,
    output: () => output,
    async shows(text) {
      const shown = new Promise<void>((resolve) => {
        const look = (): void => {
          if (output.includes(text)) resolve();
        };
        changed.addEventListener('output', look);
        look();
      });
      const over = closed.then(() => Promise.reject(new Error(`npm start ended without "${text}":\n${output}`)));
      await Promise.race([shown, over, late]);
    },
    async ended() {
      await Promise.race([closed, late]);
      return child.exitCode ?? child.signalCode;
    },
  };
}

async function withDataDir(work: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'borescope-start-'));
  try {
    await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Commands of the processes of a start that run. Elsewhere than on Linux there is no way to ask. */
function using(dataDir: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) =>
        read(`/proc/${pid}/environ`).includes(`${MARK}=${dataDir}`) &&
        !/^State:\s+Z/m.test(read(`/proc/${pid}/status`)),
    )
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended since its folder was listed.
    return '';
  }
}

async function nothingUses(dataDir: string): Promise<void> {
  for (let tries = 0; tries < 200 && using(dataDir).length > 0; tries += 1) await wait(100);
  assert.deepEqual(using(dataDir), []);
}

test(
  proves('commands:start', 'npm start -- --once shows a live snapshot of the shop, exits 0 and leaves no process'),
  async () => {
    await withDataDir(async (dataDir) => {
      const start = npmStart(dataDir, ['--', '--once']);
      assert.equal(await start.ended(), 0, start.output());
      const output = start.output();
      assert.match(output, /examples\/shop\/src\/orders\.ts:\d+, in placeOrder\n {2}> const payment = await charge/);
      assert.match(output, /codes: \[ '(WELCOME10|SUMMER15)', '\1 ' \]/);
      assert.match(output, /email: <hidden [a-z-]+>/);
      assert.match(output, /number: <hidden [a-z-]+>/);
      assert.match(output, /called from\n +\w+ {2}\S*examples\/shop\/src\/routes\.ts:\d+/);
      assert.match(output, /Taken from the application: [\d.]+ ms in \d+ samples?/);
      for (const secret of ['@example', '4242424242424242', 'sess_'])
        assert.equal(output.includes(secret), false, secret);
      await nothingUses(dataDir);
    });
  },
);

test('npm start tells how to connect, and Ctrl-C ends everything', async () => {
  await withDataDir(async (dataDir) => {
    const start = npmStart(dataDir);
    await start.shows('Ctrl-C stops everything');
    const url = /MCP +(http:\/\/127\.0\.0\.1:\d+\/mcp)/.exec(start.output())?.[1];
    const token = /Token +(bore_mcp_\S+)/.exec(start.output())?.[1];
    assert.ok(url && token, start.output());
    assert.ok(
      start
        .output()
        .includes(`claude mcp add --transport http borescope ${url} --header "Authorization: Bearer ${token}"`),
    );
    const config = /\.vscode\/mcp\.json\n([\s\S]*?)\n\n/.exec(start.output())?.[1] ?? '';
    assert.deepEqual(JSON.parse(config), {
      servers: { borescope: { type: 'http', url, headers: { Authorization: `Bearer ${token}` } } },
    });
    if (process.platform === 'linux') assert.ok(using(dataDir).length >= 3, 'npm start, the broker and the shop');
    process.kill(-(start.process.pid ?? 0), 'SIGINT');
    // The shell between npm and us takes the signal for its own end, as shells do, once we are done.
    assert.ok([0, 130, 'SIGINT'].includes((await start.ended()) ?? ''), start.output());
    assert.match(start.output(), /Stopping \.\.\.\n$/);
    await nothingUses(dataDir);

    const again = npmStart(dataDir);
    await again.shows('Ctrl-C stops everything');
    assert.ok(again.output().includes(token), 'an assistant that was connected stays connected');
    // Killed outright it can clean up nothing: its children have to notice.
    process.kill(-(again.process.pid ?? 0), 'SIGKILL');
    await again.ended();
    await nothingUses(dataDir);
  });
});

test('a port that is taken is told in one line that says how to choose another', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  try {
    const address = taken.address();
    assert.ok(typeof address === 'object' && address);
    await withDataDir(async (dataDir) => {
      const start = npmStart(dataDir, [], String(address.port));
      assert.equal(await start.ended(), 1);
      assert.match(
        start.output(),
        new RegExp(`Port ${address.port} is taken.*BORESCOPE_PORT=\\d+ BORESCOPE_DATA_DIR=\\S+ npm start$`, 'm'),
      );
      assert.deepEqual(readdirSync(dataDir), []);
    });
  } finally {
    taken.close();
  }
});

test('an argument or a port that makes no sense is refused', async () => {
  await withDataDir(async (dataDir) => {
    const argument = npmStart(dataDir, ['--', '--onec']);
    assert.equal(await argument.ended(), 2);
    assert.match(argument.output(), /npm start does not know --onec/);
    const port = npmStart(dataDir, [], '70000');
    assert.equal(await port.ended(), 1);
    assert.match(port.output(), /BORESCOPE_PORT must be a port from 0 to 65535/);
  });
});
