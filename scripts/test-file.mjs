import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAX_OUTPUT = 400_000;
/** Of a single test, where Node (22 and later) can tell; on 20 the limit of the file holds alone. */
const TEST_LIMIT_MS = 120_000;
const FILE_LIMIT_MS = 300_000;

/**
 * Runs one test file in a process, and process group, of its own, so that a file that hangs is ended with everything
 * that it started, and so that a file that ends can be asked whether it left a process behind.
 */
export function runTestFile(file, { node, cwd, env, signal }) {
  const work = mkdtempSync(join(tmpdir(), 'borescope-test-'));
  const events = join(work, 'events.jsonl');
  const begun = performance.now();
  const child = spawn(
    node,
    [
      '--import',
      'tsx',
      `--test-timeout=${TEST_LIMIT_MS}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${new URL('event-reporter.mjs', import.meta.url)}`,
      `--test-reporter-destination=${events}`,
      file,
    ],
    { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );

  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-MAX_OUTPUT);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const problems = [];
  const limit = setTimeout(() => {
    problems.push(`not done after ${FILE_LIMIT_MS / 1000} s`);
    killGroup(child.pid);
  }, FILE_LIMIT_MS);
  const stop = () => killGroup(child.pid);
  signal.addEventListener('abort', stop);

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // Not `close`: a process left behind may hold the pipes for ever.
    child.on('exit', async (code, killedBy) => {
      clearTimeout(limit);
      signal.removeEventListener('abort', stop);
      if (await leftAlive(child.pid)) {
        problems.push('left a process behind');
        killGroup(child.pid);
      }
      await drained(child);
      const tests = readEvents(events);
      rmSync(work, { recursive: true, force: true });
      if (code !== 0 && problems.length === 0 && !tests.some(({ outcome }) => outcome === 'failed')) {
        problems.push(`ended with ${killedBy ?? code}`);
      }
      if (tests.length === 0 && problems.length === 0) problems.push('holds no test');
      resolve({ file, tests, problems, output, ms: performance.now() - begun });
    });
  });
}

/** A child that was told to end may take a moment longer than the test that told it. */
async function leftAlive(pid) {
  for (let tries = 0; tries < 20; tries += 1) {
    if (!groupExists(pid)) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

/** What is still in the pipes, for at most a second. */
function drained(child) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, 1000);
    child.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (child.stdout.closed && child.stderr.closed) {
      clearTimeout(timer);
      resolve();
    }
  });
}

function groupExists(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them are gone.
  }
}

function readEvents(path) {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}
