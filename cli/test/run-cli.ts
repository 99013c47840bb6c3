import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTokens, openEmbeddedStore, type TokenRequest } from '../../server/src/administration.ts';

const BIN = fileURLToPath(new URL('../bin/borescope.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only what a test gives: settings of whoever runs the tests must not reach the command. */
function environment(given: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('BORESCOPE_'));
  return { ...Object.fromEntries(kept), ...given };
}

/** Runs the command as a user would, to its end; killed after 30 s. */
export async function cli(args: string[], env: Record<string, string> = {}): Promise<Finished> {
  return start(args, env).finished;
}

/** The command while it runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  /** Resolves when stderr has matched; rejects where the command ends first. */
  says(pattern: RegExp): Promise<void>;
}

export function start(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], { env: environment(env) });
  const finished = finish(child);
  return { child, finished, says: (pattern) => said(child, finished, pattern) };
}

function said(child: ChildProcessWithoutNullStreams, finished: Promise<Finished>, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (chunk: string) => {
      text += chunk;
      if (pattern.test(text)) resolve();
    });
    finished.then(({ stderr }) => reject(new Error(`it ended without ${pattern}: ${stderr}`)), reject);
  });
}

async function finish(child: ChildProcessWithoutNullStreams, limitMs = 30_000): Promise<Finished> {
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code: typeof code === 'number' ? code : null, stdout, stderr };
}

export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'borescope-cli-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface Served {
  readonly url: string;
  readonly dataDir: string;
  /** What it printed when it listened. */
  readonly printed: string;
  /** Sends the signal, and goes on. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when stderr, from now on, has matched; rejects where the broker ends first. */
  says(pattern: RegExp): Promise<void>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished>;
}

/** `borescope serve` as a process of its own, listening when this resolves; stopped with the test. */
export async function serve(t: TestContext, flags: string[] = []): Promise<Served> {
  const dataDir = await temporaryDirectory(t);
  const args = [BIN, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'info', ...flags];
  const child = spawn(process.execPath, args, { env: environment({}) });
  // As long as a test may take that runs many commands against it.
  const finished = finish(child, 120_000);
  let ended: Promise<Finished> | undefined;
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    if (ended === undefined) child.kill(signal);
    ended ??= finished;
    return ended;
  };
  t.after(() => stop());
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: string) => {
      printed += chunk;
      const listening = /listening on (\S+)/.exec(printed)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    finished.then(({ stderr }) => reject(new Error(`serve ended: ${stderr}`)), reject);
  });
  const says = (pattern: RegExp) => said(child, finished, pattern);
  return { url, dataDir, printed, signal: (signal) => void child.kill(signal), says, stop };
}

/** A new token, written beside the running broker. */
export async function createToken(
  dataDir: string,
  kind: TokenRequest['kind'],
  organization = 'default',
): Promise<{ token: string; id: string }> {
  const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
  try {
    const owner = await store.organizations.byName(organization);
    if (owner === undefined) throw new Error(`there is no organization ${organization}`);
    const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
    const { token, record } = await tokens.create({ organization: owner.id, kind, name: 'test' });
    return { token, id: record.id };
  } finally {
    await store.close();
  }
}
