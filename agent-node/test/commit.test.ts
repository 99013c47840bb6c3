import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readCommit } from '../src/runtime/commit.ts';

const LOOSE = 'a'.repeat(40);
const PACKED = 'b'.repeat(40);

test('the commit is read from a loose ref, from packed refs, from a detached head and from a work tree', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'borescope-commit-'));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  try {
    await write('packed/.git/HEAD', 'ref: refs/heads/main\n');
    await write(
      'packed/.git/packed-refs',
      `# pack-refs with: peeled fully-peeled sorted\n${LOOSE} refs/heads/main-old\n${PACKED} refs/heads/main\n`,
    );
    assert.equal(await readCommit(join(folder, 'packed')), PACKED);
    await write('packed/.git/refs/heads/main', `${LOOSE}\n`);
    await write('packed/src/deep/file.js', '');
    assert.equal(await readCommit(join(folder, 'packed/src/deep')), LOOSE);
    await write('detached/.git/HEAD', `${PACKED}\n`);
    assert.equal(await readCommit(join(folder, 'detached')), PACKED);
    await write('packed/.git/worktrees/tree/HEAD', 'ref: refs/heads/other\n');
    await write('packed/.git/worktrees/tree/commondir', '../..\n');
    await write('packed/.git/packed-refs', `${PACKED} refs/heads/other\n`);
    await write('tree/.git', `gitdir: ${join(folder, 'packed/.git/worktrees/tree')}\n`);
    assert.equal(await readCommit(join(folder, 'tree')), PACKED);
    await write('broken/.git/HEAD', 'ref: refs/heads/none\n');
    assert.equal(await readCommit(join(folder, 'broken')), undefined);
  } finally {
    await rm(folder, { recursive: true });
  }
});
