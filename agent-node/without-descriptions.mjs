import { readFile } from 'node:fs/promises';
import { parse } from 'acorn';

/**
 * Leaves out of a bundle what the rules of redaction say of themselves: it is for the documentation, and would be a
 * sixth of what the host's thread has to read.
 * @type {import('esbuild').Plugin}
 */
export const withoutDescriptions = {
  name: 'without-descriptions',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]redaction[\\/]dist[\\/](rules|identifiers)[\\/].*\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      const module = parse(contents, { ecmaVersion: 'latest', sourceType: 'module' });
      for (const { start, end } of descriptions(module).reverse()) {
        contents = `${contents.slice(0, start)}''${contents.slice(end)}`;
      }
      return { contents };
    });
  },
};

/**
 * The texts behind `what:` and `source:` in order.
 * @param {unknown} node of a syntax tree
 * @returns {{ start: number, end: number }[]}
 */
function descriptions(node) {
  if (typeof node !== 'object' || node === null) return [];
  const { type, key, value } = node;
  const described = type === 'Property' && (key.name === 'what' || key.name === 'source');
  if (described && typeof value.value === 'string') return [value];
  return Object.values(node).flatMap(descriptions);
}
