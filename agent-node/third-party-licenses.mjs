import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The licence texts of the packages whose code an esbuild bundle holds: MIT and its like ask that they go along.
 * @param {import('esbuild').Metafile[]} metafiles
 * @param {string} folder that the paths of the metafiles are relative to
 * @returns {Promise<string>}
 */
export async function thirdPartyLicenses(metafiles, folder) {
  const packages = new Set();
  for (const path of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
    if (found) packages.add(found[0]);
  }
  const sections = await Promise.all(
    [...packages].sort().map(async (path) => {
      const root = join(folder, path);
      const { name, version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      const file = (await readdir(root)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
      if (file === undefined) throw new Error(`${name} has no licence file: it cannot be bundled`);
      return `${name} ${version} (${license})\n\n${(await readFile(join(root, file), 'utf8')).trim()}\n`;
    }),
  );
  return `The file agent.cjs holds code of these packages.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
