import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Progress } from '../progress.mjs';

/** Asked by the packages of Debian before they start or stop a service; 101 means no: invoke-rc.d(8). */
const POLICY = '/usr/sbin/policy-rc.d';
const LIMIT_MS = 600_000;

export interface SystemPackage {
  /** On Debian and Ubuntu. */
  readonly name: string;
  /** Whether it is there, and new enough. */
  readonly installed: () => boolean;
  /** What is skipped without it, as the beginning of a sentence. */
  readonly without: string;
  /** How to install it by hand. */
  readonly byHand: string;
}

/**
 * Gets what some tests need and no package of npm holds. Root on Debian or Ubuntu installs it; elsewhere a line says what to
 * install, and those tests are skipped with the same reason.
 */
export async function prepare({ say, step }: Progress, wanted: SystemPackage): Promise<void> {
  const { name, installed, without, byHand } = wanted;
  if (installed()) return;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    say(`${without}; to install it: ${byHand}`);
    return;
  }
  try {
    await step(`Installing ${name}`, () => withoutServices(() => install(name)));
    if (!installed()) say(`${without}: the one of this system is older`);
  } catch (error) {
    say(`${without}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function install(name: string): Promise<void> {
  const packages = ['install', '--yes', '--no-install-recommends', name];
  // A fresh machine has no list of packages yet, or one that names files that are gone.
  await aptGet(packages).catch(async () => {
    await aptGet(['update']);
    await aptGet(packages);
  });
}

/** The tests start servers of their own: none is to take a port because the package came. */
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
