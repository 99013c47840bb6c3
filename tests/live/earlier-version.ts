import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Built once: a commit never changes. `npm ci` takes it away with the rest. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'borescope');

export interface EarlierVersion {
  /** Where `@borescope/agent` is the one of that version. */
  readonly root: string;
  /** Its `borescope`. */
  readonly command: string;
}

/** Why `earlierVersion` cannot give this commit, for the `skip` option of a test; false where it can. */
export async function noEarlier(commit: string): Promise<string | false> {
  try {
    await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT });
    return false;
  } catch {
    return `the commit ${commit} is not here: it needs the whole history (git fetch --unshallow)`;
  }
}

/** The program as it was at a commit: installed and built as its own lock file says, which takes a minute at the first time. */
export async function earlierVersion(commit: string): Promise<EarlierVersion> {
  const root = join(CACHE, commit);
  if (!existsSync(root)) {
    const building = `${root}.${process.pid}`;
    mkdirSync(building, { recursive: true });
    try {
      await run('git', ['archive', '--output', join(building, 'source.tar'), commit], { cwd: ROOT });
      await run('tar', ['-xf', 'source.tar'], { cwd: building });
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: building });
      await run('npm', ['run', 'build'], { cwd: building });
      renameSync(building, root);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  return { root, command: join(root, 'cli', 'bin', 'borescope.js') };
}
