import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { proves } from '../proves.ts';
import { type Packed, PUBLISHED, packAll } from './pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'borescope-pack-'));
let packed: Packed[] = [];

before(async () => {
  packed = await packAll(folder);
});

after(() => rmSync(folder, { recursive: true, force: true }));

for (const [index, name] of PUBLISHED.entries()) {
  test(`${name} passes publint`, async () => {
    const { tarball } = pick(index);
    const { buffer } = new Uint8Array(readFileSync(tarball));
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: buffer } });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });

  test(`the types of ${name} are found, and are right, however it is imported`, async () => {
    const { tarball, manifest } = pick(index);
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    // The command has no interface for programs, so no types.
    if (!result.types) return assert.equal(name, 'cli');
    // An ES module is not made for the oldest resolution, nor for `require` on a Node that cannot require one.
    const outOfReach = manifest.type === 'module' ? ['node10', 'node16-cjs'] : [];
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem && outOfReach.includes(problem.resolutionKind)),
    );
    assert.deepEqual(problems, []);
  });

  test(`${name} comes with its licence`, () => {
    const { folder } = pick(index);
    const own = readFileSync(join(folder, 'LICENSE'), 'utf8');
    assert.equal(own, readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8'));
  });

  test(`${name} runs nothing while it is installed`, () => {
    const { manifest } = pick(index);
    const scripts = Object.keys(manifest.scripts ?? {});
    assert.deepEqual(
      scripts.filter((script) => ['preinstall', 'install', 'postinstall', 'prepare'].includes(script)),
      [],
    );
  });
}

test(
  proves(
    'agent:one-file',
    'the agent is one file, its doorway and their types, and brings no dependency into the application',
  ),
  () => {
    const { folder, manifest, tarball } = pick(PUBLISHED.indexOf('agent-node'));
    assert.deepEqual(manifest.dependencies ?? {}, {});
    const files = createPackageFromTarballData(new Uint8Array(readFileSync(tarball))).listFiles();
    const code = files
      .filter((file) => /\.[cm]?[jt]s$/.test(file))
      .map((file) => file.replace(/^.*@borescope\/agent\//, ''));
    assert.deepEqual(code.sort(), ['dist/agent.cjs', 'dist/agent.d.cts', 'dist/agent.d.mts', 'dist/agent.mjs']);
    const doorway = readFileSync(join(folder, 'dist/agent.mjs'), 'utf8');
    assert.ok(doorway.length < 200, 'all of the agent is in the one file');
    // What is bundled brings its licence along.
    assert.ok(files.some((file) => file.endsWith('dist/THIRD-PARTY-LICENSES.txt')));
  },
);

function pick(index: number): Packed {
  const found = packed[index];
  assert.ok(found);
  return found;
}
