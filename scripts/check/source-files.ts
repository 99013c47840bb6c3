import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOMES = ['agent-protocol', 'redaction', 'agent-node', 'server', 'cli', 'examples/shop'];

/** Files below the folder whose names end so, from the root of the repository, with `/`. */
function filesBelow(folder: string, ending: RegExp): string[] {
  if (!existsSync(`${ROOT}${folder}`)) return [];
  return readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => ending.test(path) && !/(^|\/)(node_modules|dist|fixtures)\//.test(path))
    .sort();
}

/** What is built and published. */
export function sourceFiles(): string[] {
  return HOMES.flatMap((home) => filesBelow(`${home}/src`, /\.[cm]?tsx?$/));
}

export function testFiles(): string[] {
  return [...HOMES.map((home) => `${home}/test`), 'tests'].flatMap((folder) => filesBelow(folder, /\.test\.ts$/));
}

/** Every page that a person reads. */
export function pages(): string[] {
  const atRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const folders = ['docs', 'examples/shop', 'agent-protocol/golden', 'tests', ...HOMES];
  return [...new Set([...atRoot, ...folders.flatMap((folder) => filesBelow(folder, /\.md$/))])];
}

export function pathOf(file: string): string {
  return `${ROOT}${file}`;
}
