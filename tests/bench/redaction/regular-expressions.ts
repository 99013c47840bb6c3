import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';
import { z } from 'zod';
import type { Row } from '../report.ts';
import type { TemporaryPackages } from './temporary-packages.ts';

/** Where values that applications hold are looked at. */
const FOLDERS = ['redaction/src', 'server/src/hits', 'server/src/policies', 'agent-node/src/capture'] as const;
const ROOT = new URL('../../../', import.meta.url);

interface Found {
  readonly path: string;
  /** Of a literal its pattern, of `RegExp(...)` the code: nobody knows before it runs what it checks. */
  readonly pattern: string;
  /** Undefined where it is no literal. */
  readonly flags: string | undefined;
}

const recheck = z.object({
  checkSync: z.custom<(pattern: string, flags: string, limits: { timeout: number }) => { status: string }>(
    (value) => typeof value === 'function',
  ),
});
/** Milliseconds for one pattern: then it counts as unknown. */
const TIMEOUT = 20_000;

/** Every regular expression that the redaction runs, checked for super-linear time by `recheck`. */
export function regularExpressions(packages: TemporaryPackages | undefined, log: (line: string) => void): Row[] {
  const byFolder = FOLDERS.map((folder) => ({ folder, found: patternsIn(folder) }));
  const rows: Row[] = [];
  for (const { folder, found } of byFolder) {
    const [isOurs] = FOLDERS;
    log(`${found.length} regular expressions in ${folder}`);
    rows.push({
      what: `regular expressions in ${folder}`,
      measured: found.length === 0 ? 'none' : `${found.length}`,
      ...(folder === isOurs && {
        target: 'none',
        met: found.length === 0,
        why: `they are in ${[...new Set(found.map(({ path }) => path))].join(', ')}.`,
      }),
    });
  }
  const all = byFolder.flatMap(({ found }) => found);
  if (packages === undefined) {
    rows.push({ what: 'recheck on all of them', measured: 'not measured: npm could not install it' });
    return rows;
  }
  // Its build without Java and without a binary.
  process.env['RECHECK_BACKEND'] = 'pure';
  const { checkSync } = recheck.parse(packages.require('recheck'));
  const statuses = all.map((one) => {
    const { pattern, flags } = one;
    return { ...one, status: flags === undefined ? 'unknown' : checkSync(pattern, flags, { timeout: TIMEOUT }).status };
  });
  const unsafe = statuses.filter(({ status }) => status !== 'safe');
  rows.push({
    what: 'recheck on all of them',
    measured: `${all.length - unsafe.length} of ${all.length} safe`,
    target: 'all safe',
    met: unsafe.length === 0,
    why: unsafe.map(({ path, pattern, status }) => `\`${pattern}\` in ${path} is ${status}`).join('; '),
  });
  return rows;
}

/** Literals, and `RegExp(...)` of whatever. */
function patternsIn(folder: string): Found[] {
  const found: Found[] = [];
  for (const name of readdirSync(fileURLToPath(new URL(folder, ROOT)), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const path = `${folder}/${name}`;
    const source = readFileSync(new URL(path, ROOT), 'utf8');
    const { program } = parseSync(path, source);
    const made = ({ callee, start, end }: { callee: { type: string; name?: unknown }; start: number; end: number }) => {
      if (callee.type === 'Identifier' && callee.name === 'RegExp') {
        found.push({ path, pattern: source.slice(start, end), flags: undefined });
      }
    };
    new Visitor({
      Literal: (node) => {
        if ('regex' in node) found.push({ path, pattern: node.regex.pattern, flags: node.regex.flags });
      },
      CallExpression: made,
      NewExpression: made,
    }).visit(program);
  }
  return found;
}
