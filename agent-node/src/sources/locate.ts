import type { Problem } from '@borescope/agent-protocol';
import { matchPath } from './match.ts';
import { isFile, type Script } from './script.ts';
import type { ScriptStore } from './script-store.ts';
import type { LoadedMap } from './source-map.ts';

/** One script in which the wanted file stands: as itself, or as a source of its map. */
export interface Target {
  readonly path: string;
  readonly script: Script;
  readonly mapped: { readonly map: LoadedMap; readonly source: number } | undefined;
}

export type Located =
  | { kind: 'found'; targets: Target[] }
  | { kind: 'ambiguous'; paths: string[] }
  | { kind: 'none'; nearest: string[] };

const FOREIGN = /[\\/]node_modules[\\/]/;

/**
 * The loaded scripts that `file` means. The maps of packages are read only where nothing else answers, and `packages`
 * allows it: there can be thousands.
 */
export async function locate(
  store: ScriptStore,
  file: string,
  roots: readonly string[],
  packages: boolean,
): Promise<Located> {
  const own: Script[] = [];
  const foreign: Script[] = [];
  for (const script of store.all()) (FOREIGN.test(script.path) ? foreign : own).push(script);
  const mapped = await mappedTargets(store, own);
  // A module that a bundler evals has the name of its source, and the source stands in its map: one file, not two.
  const evaled = new Set(mapped.filter(({ script }) => !isFile(script)).map(({ script }) => script.id));
  const plain = [...own, ...foreign]
    .filter(({ id }) => !evaled.has(id))
    .map((script): Target => ({ path: script.path, script, mapped: undefined }));
  const candidates = [...mapped, ...plain];
  const first = choose(file, candidates, roots);
  if (first.kind !== 'none' || !packages) return first;
  return choose(file, [...(await mappedTargets(store, foreign)), ...candidates], roots);
}

async function mappedTargets(store: ScriptStore, scripts: readonly Script[]): Promise<Target[]> {
  const targets: Target[] = [];
  for (const script of scripts) {
    const map = await store.map(script);
    const sources = map?.sources ?? [];
    if (map)
      sources.forEach((path, source) => {
        targets.push({ path, script, mapped: { map, source } });
      });
  }
  return targets;
}

function choose(file: string, candidates: readonly Target[], roots: readonly string[]): Located {
  const match = matchPath(file, candidates, roots);
  if (match.kind !== 'found') return match;
  // A script that carries its own map under its own name (tsx): the lines that a person knows are those of the map.
  const mapped = new Set(match.candidates.filter((target) => target.mapped).map((target) => target.script.id));
  return {
    kind: 'found',
    targets: match.candidates.filter((target) => target.mapped || !mapped.has(target.script.id)),
  };
}

export function notFound(file: string, nearest: readonly string[]): Problem {
  return {
    code: 'FILE_NOT_FOUND',
    message: `no file that ends with ${shownPath(file)} is loaded in this runtime or stands below its folder`,
    hint:
      nearest.length > 0
        ? `Nearest: ${nearest.map(shownPath).join(', ')}`
        : 'Give the path as it is in the repository, for example src/orders.ts.',
  };
}

export function ambiguous(file: string, paths: readonly string[]): Problem {
  return {
    code: 'FILE_AMBIGUOUS',
    message: `${shownPath(file)} matches ${paths.length} files`,
    hint: `Give more of the path. Candidates: ${paths.map(shownPath).join(', ')}`,
  };
}

export function shownPath(path: string): string {
  return path.length > 300 ? `...${path.slice(-300)}` : path;
}
