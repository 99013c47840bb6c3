import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const MAX_PARENTS = 12;

/** The commit that is checked out above `folder`, read from git's own files; git itself is not run. */
export async function readCommit(folder: string): Promise<string | undefined> {
  for (let at = folder, i = 0; i < MAX_PARENTS; at = dirname(at), i++) {
    const git = await gitFolder(join(at, '.git'));
    if (git !== undefined) return headOf(git);
    if (dirname(at) === at) return undefined;
  }
  return undefined;
}

/** A work tree has a `.git` file that names the real folder. */
async function gitFolder(path: string): Promise<string | undefined> {
  if ((await read(join(path, 'HEAD'))) !== undefined) return path;
  const pointer = /^gitdir: (.+)$/m.exec((await read(path)) ?? '')?.[1];
  return pointer === undefined ? undefined : resolve(dirname(path), pointer.trim());
}

async function headOf(git: string): Promise<string | undefined> {
  const head = (await read(join(git, 'HEAD')))?.trim();
  if (head === undefined) return undefined;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined) return hash(head);
  const common = (await read(join(git, 'commondir')))?.trim();
  const folders = common === undefined ? [git] : [git, resolve(git, common)];
  for (const folder of folders) {
    const loose = hash((await read(join(folder, ref))) ?? '');
    if (loose !== undefined) return loose;
    const packed = await read(join(folder, 'packed-refs'));
    const line = packed?.split('\n').find((entry) => entry.endsWith(` ${ref}`));
    if (line !== undefined) return hash(line.slice(0, line.indexOf(' ')));
  }
  return undefined;
}

function hash(text: string): string | undefined {
  return /^[0-9a-f]{40,64}$/.exec(text.trim())?.[0];
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
