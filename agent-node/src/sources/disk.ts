import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { matchPath, segments } from './match.ts';
import { type LoadedMap, loadMap } from './source-map.ts';

/** A file that is there and not loaded, and the script that will carry it. */
export interface FileOnDisk {
  readonly path: string;
  /** Where the code will stand once it is loaded. */
  readonly scriptPath: string;
  readonly mapped: { readonly map: LoadedMap; readonly source: number } | undefined;
}

export type FoundOnDisk =
  | { kind: 'found'; files: FileOnDisk[] }
  | { kind: 'ambiguous'; paths: string[] }
  | { kind: 'none'; nearest: string[] };

/** Bounds of one look: entries of folders, and milliseconds. */
const MAX_ENTRIES = 20_000;
const MAX_DEPTH = 12;
const CODE = /\.[cm]?[jt]sx?$/;

/** Looks below the roots, without `node_modules` unless the wanted path names it. `now` gives milliseconds. */
export async function findOnDisk(
  file: string,
  roots: readonly string[],
  deadline: number,
  now: () => number,
): Promise<FoundOnDisk> {
  const wanted = segments(file);
  const name = wanted.at(-1);
  if (name === undefined) return { kind: 'none', nearest: [] };
  const paths = await walk(roots, wanted.includes('node_modules'), deadline, now);
  const plain = paths
    .filter((path) => CODE.test(path))
    .map((path): FileOnDisk => ({ path, scriptPath: path, mapped: undefined }));
  const stem = name.replace(CODE, '');
  const mapped: FileOnDisk[] = [];
  for (const path of paths) {
    if (now() > deadline) break;
    if (path.endsWith('.map')) mapped.push(...(await externalMap(path, name)));
    else if (/\.[cm]?js$/.test(path) && basename(path).replace(CODE, '') === stem)
      mapped.push(...(await inlineMap(path)));
  }
  const match = matchPath(file, [...mapped, ...plain], roots);
  return match.kind === 'found' ? { kind: 'found', files: match.candidates } : match;
}

async function walk(
  roots: readonly string[],
  packages: boolean,
  deadline: number,
  now: () => number,
): Promise<string[]> {
  const files: string[] = [];
  const seen = new Set<string>();
  const queue = roots.map((folder) => ({ folder, depth: 0 }));
  let entries = 0;
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (seen.has(next.folder) || next.depth > MAX_DEPTH) continue;
    seen.add(next.folder);
    for (const entry of await list(next.folder)) {
      if (++entries > MAX_ENTRIES || now() > deadline) return files;
      const path = join(next.folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name.startsWith('.') || (entry.name === 'node_modules' && !packages)) continue;
        queue.push({ folder: path, depth: next.depth + 1 });
      } else if (entry.isFile() && (CODE.test(entry.name) || entry.name.endsWith('.map'))) files.push(path);
    }
  }
  return files;
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function externalMap(path: string, name: string): Promise<FileOnDisk[]> {
  const text = await read(path);
  // Parsed only where the name occurs at all: a folder can hold hundreds of maps.
  if (text === undefined || !text.includes(name)) return [];
  const scriptPath = path.replace(/\.map$/, '');
  return sourcesOf(await loadMap(basename(path), scriptPath), scriptPath);
}

async function inlineMap(path: string): Promise<FileOnDisk[]> {
  const text = await read(path);
  const url = text && /\/\/# sourceMappingURL=(data:[^\s]+)\s*$/.exec(text.slice(text.lastIndexOf('\n//#')))?.[1];
  return url ? sourcesOf(await loadMap(url, path), path) : [];
}

function sourcesOf(map: LoadedMap | undefined, scriptPath: string): FileOnDisk[] {
  return map ? map.sources.map((path, source) => ({ path, scriptPath, mapped: { map, source } })) : [];
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
