/** Pure matching of a path as a developer writes it against the paths that a runtime has. */
import { editDistance } from '../expressions/parsing/near-name.ts';

export type Match<Candidate> =
  | { kind: 'found'; candidates: Candidate[] }
  | { kind: 'ambiguous'; paths: string[] }
  | { kind: 'none'; nearest: string[] };

const MAX_LISTED = 10;

export function segments(path: string): string[] {
  return path
    .replace(/^(file|webpack|webpack-internal|vite|turbopack|ng):\/*/, '')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.');
}

/**
 * The candidates whose path ends with `file`. A path from another machine may be longer than what is deployed: then the
 * longest common end of at least two segments counts. A path that is exactly right below one of `roots` wins.
 */
export function matchPath<Candidate extends { readonly path: string }>(
  file: string,
  all: readonly Candidate[],
  roots: readonly string[],
): Match<Candidate> {
  const wanted = segments(file);
  const last = wanted.at(-1);
  if (last === undefined) return { kind: 'none', nearest: [] };
  const scored = all
    .map((candidate) => ({ candidate, score: commonEnd(segments(candidate.path), wanted) }))
    .filter(({ score }) => score >= Math.min(2, wanted.length));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  const winners = scored.filter(({ score }) => score === best).map(({ candidate }) => candidate);
  if (winners.length === 0) return { kind: 'none', nearest: nearestPaths(wanted, all) };
  const paths = [...new Set(winners.map(({ path }) => path))];
  if (paths.length === 1) return { kind: 'found', candidates: winners };
  const exact = roots.map((root) => [...segments(root), ...wanted].join('/'));
  const rooted = winners.filter(({ path }) => exact.includes(segments(path).join('/')));
  const rootedPaths = new Set(rooted.map(({ path }) => path));
  if (rootedPaths.size === 1) return { kind: 'found', candidates: rooted };
  return { kind: 'ambiguous', paths: paths.slice(0, MAX_LISTED) };
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

/** The same file name elsewhere first, then names that are a few letters off; of the application's own files also others. */
function nearestPaths(wanted: readonly string[], all: readonly { readonly path: string }[]): string[] {
  const name = stem(wanted.at(-1) ?? '');
  const ranked = [...new Set(all.map(({ path }) => path))]
    .map((path) => ({
      path,
      distance: editDistance(name, stem(segments(path).at(-1) ?? '')),
      foreign: /[\\/]node_modules[\\/]/.test(path),
    }))
    .filter(({ distance: far, foreign }) => !foreign || far <= Math.max(2, Math.floor(name.length / 2)))
    .sort((a, b) => a.distance - b.distance || Number(a.foreign) - Number(b.foreign) || (a.path < b.path ? -1 : 1));
  return ranked.slice(0, 5).map(({ path }) => path);
}

function stem(name: string): string {
  return name.slice(0, 64).replace(/\.[cm]?[jt]sx?$/, '');
}
