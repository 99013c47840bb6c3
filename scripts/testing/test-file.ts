import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { killGroup, runningIn } from './process-group.ts';

const MAX_OUTPUT = 400_000;
/** Of a single test, where Node (22 and later) can tell; on 20 the limit of the file holds alone. */
const TEST_LIMIT_MS = 120_000;
const FILE_LIMIT_MS = 300_000;

const event = z.object({
  name: z.string(),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  reason: z.string().optional(),
});

export interface FileResult {
  readonly file: string;
  readonly tests: readonly z.infer<typeof event>[];
  /** What went wrong beside the tests: a limit, a crash, a process left behind. */
  readonly problems: readonly string[];
  readonly output: string;
  readonly ms: number;
}

export interface RunOptions {
  /** The Node executable. */
  readonly node: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Runs one test file in a process, and process group, of its own, so that a file that hangs is ended with everything
 * that it started, and so that a file that ends can be asked whether it left a process behind.
 */
export async function runTestFile(file: string, { node, cwd, env, signal }: RunOptions): Promise<FileResult> {
  const work = mkdtempSync(join(tmpdir(), 'borescope-test-'));
  const events = join(work, 'events.jsonl');
  const begun = performance.now();
  const child = spawn(node, [...nodeOptions(events), file], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = child.pid ?? 0;

  let output = '';
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-MAX_OUTPUT);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const problems: string[] = [];
  const limit = setTimeout(() => {
    problems.push(`not done after ${FILE_LIMIT_MS / 1000} s`);
    killGroup(group);
  }, FILE_LIMIT_MS);
  const stop = (): void => killGroup(group);
  signal.addEventListener('abort', stop);

  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const ending = await exitOf(child);
    for (const left of await stillRunning(group)) problems.push(`left a process behind: ${left}`);
    killGroup(group);
    await Promise.race([closed, wait(1000)]);
    const tests = readEvents(events);
    const failed = tests.some(({ outcome }) => outcome === 'failed');
    if (ending !== 0 && problems.length === 0 && !failed) problems.push(`ended with ${ending}`);
    if (tests.length === 0 && problems.length === 0) problems.push('holds no test');
    return { file, tests, problems, output, ms: performance.now() - begun };
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
    child.stdout.destroy();
    child.stderr.destroy();
    rmSync(work, { recursive: true, force: true });
  }
}

function nodeOptions(events: string): string[] {
  return [
    '--import',
    'tsx',
    `--test-timeout=${TEST_LIMIT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${new URL('event-reporter.mjs', import.meta.url).href}`,
    `--test-reporter-destination=${events}`,
  ];
}

/** Not `close`: a process left behind may hold the pipes for ever. */
function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
}

/** A child that was told to end may take a moment longer than the test that told it. */
async function stillRunning(group: number): Promise<string[]> {
  for (let tries = 0; tries < 20; tries += 1) {
    if (runningIn(group).length === 0) return [];
    await wait(100);
  }
  return runningIn(group);
}

function readEvents(path: string): z.infer<typeof event>[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // The process ended before its first test did.
    return [];
  }
  // The last line is cut off where the process was killed.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => event.parse(JSON.parse(line)));
}
