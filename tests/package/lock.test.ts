import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';

const entry = z.object({
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lock = z.object({ packages: z.record(z.string(), entry) });

const { packages } = lock.parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')));

test('the lock file names no host, so that every registry serves it', () => {
  const hosts = Object.values(packages).flatMap(({ resolved }) => (resolved?.includes('://') ? [resolved] : []));
  assert.deepEqual(hosts, []);
});

test('the lock file holds what each platform needs, not only that on which it was written', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !locked(path, name)),
  );
  assert.deepEqual(missing, []);
});

test('the lock file has the hash of everything that is fetched', () => {
  const unchecked = Object.entries(packages).filter(
    ([path, { link, integrity }]) => path.includes('node_modules/') && link !== true && integrity === undefined,
  );
  assert.deepEqual(
    unchecked.map(([path]) => path),
    [],
  );
});

/** Whether a package is locked where Node would look for it from a folder. */
function locked(from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (Object.hasOwn(packages, `${folder}${folder && '/'}node_modules/${name}`)) return true;
    if (!folder.includes('/node_modules/')) return Object.hasOwn(packages, `node_modules/${name}`);
  }
}
