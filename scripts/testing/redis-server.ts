import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Progress } from '../progress.mjs';

/** Asked by the packages of Debian before they start or stop a service; 101 means no: invoke-rc.d(8). */
const POLICY = '/usr/sbin/policy-rc.d';
const LIMIT_MS = 300_000;

/** The server that the tests start, by its name on the path; undefined where there is none that is new enough. */
export function redisServer(): string | undefined {
  return ['redis-server', 'valkey-server'].find((name) => {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    // Redis server v=7.0.15 sha=...; the scripts of the store need 7.0.
    return status === 0 && Number(/ v=(\d+)\./.exec(stdout)?.[1]) >= 7;
  });
}

/**
 * Gets a redis-server for the tests that need one: no package of npm holds one that runs everywhere. Root on Debian or
 * Ubuntu installs it; elsewhere a line says what to install, and those tests are skipped with the same reason.
 */
export async function prepareRedis({ say, step }: Progress): Promise<void> {
  if (redisServer() !== undefined) return;
  const byHand = 'no Redis 7.0 or newer is installed, so the tests that need one are skipped';
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    say(`${byHand}; to install it: apt-get install redis-server (Debian, Ubuntu), brew install redis (macOS)`);
    return;
  }
  try {
    await step('Installing redis-server', () => withoutServices(install));
    if (redisServer() === undefined) say(`${byHand}: the one of this system is older`);
  } catch (error) {
    say(`${byHand}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function install(): Promise<void> {
  const packages = ['install', '--yes', '--no-install-recommends', 'redis-server'];
  // A fresh machine has no list of packages yet, or one that names files that are gone.
  await aptGet(packages).catch(async () => {
    await aptGet(['update']);
    await aptGet(packages);
  });
}

/** The tests start servers of their own: none is to take port 6379 because the package came. */
async function withoutServices<T>(work: () => Promise<T>): Promise<T> {
  if (existsSync(POLICY)) return work();
  const allow = () => rmSync(POLICY, { force: true });
  const interrupted = () => {
    allow();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    allow();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

function aptGet(args: readonly string[]): Promise<void> {
  const child = spawn('apt-get', ['-q', '-o', 'Dpkg::Lock::Timeout=60', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output = (output + chunk).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`apt-get ${args[0]} ended with ${code ?? signal}: ${output.trim().split('\n').at(-1)}`));
    });
  });
}
