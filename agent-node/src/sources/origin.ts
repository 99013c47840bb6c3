import { readFile } from 'node:fs/promises';
import type { Problem } from '@borescope/agent-protocol';
import type { FileOnDisk } from './disk.ts';
import { shownPath, type Target } from './locate.ts';
import type { NameInScope } from './scopes.ts';
import type { ScriptStore } from './script-store.ts';
import { type LoadedMap, loadMap } from './source-map.ts';
import { type Lines, positionOf } from './text.ts';

/** What may not be inspected, by the policy that holds now. */
export interface BlockedCode {
  /** Whether one of these files is blocked; the packages that they are part of are looked up. */
  areBlocked(paths: readonly string[]): Promise<boolean>;
  /** The same of one file whose package is known by now, or of none. */
  hides(path: string | undefined): boolean;
}

/**
 * The files of which the code of a target is made, as written and as run. A script that is asked for by its own path shows
 * what all its sources have become.
 */
export async function originOf({ path, script, mapped }: Target, store: ScriptStore): Promise<string[]> {
  if (mapped !== undefined) return [path, script.path];
  return [script.path, ...((await store.map(script))?.sources ?? [])];
}

/** The same of a file that is not loaded. */
export async function originOnDisk({ path, scriptPath, mapped }: FileOnDisk): Promise<string[]> {
  if (mapped !== undefined) return [path, scriptPath];
  const url = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(lastLine(await readFile(scriptPath, 'utf8')))?.[1];
  const map = url === undefined ? undefined : await loadMap(url, scriptPath);
  return [path, ...(map?.sources ?? [])];
}

function lastLine(text: string): string {
  return text.slice(Math.max(0, text.lastIndexOf('\n//#')));
}

/** With the file that declares each: a bundler may put the variables of many files into one scope. */
export function withOrigin(names: readonly NameInScope[], lines: Lines, map: LoadedMap | undefined): NameInScope[] {
  if (map === undefined) return [...names];
  return names.map((name) => {
    const { declaredAt } = name.binding;
    if (declaredAt === undefined) return name;
    const at = positionOf(lines, declaredAt);
    const original = map.original(at.line, at.column);
    return original === undefined ? name : { ...name, declaredIn: map.sources[original.source] };
  });
}

export function blockedByPolicy(file: string): Problem {
  return {
    code: 'BLOCKED_BY_POLICY',
    message: `${shownPath(file)} may never be inspected, by a policy of the organization or of this runtime`,
    hint: 'Look at the code that calls it, or ask who administers the organization.',
  };
}

export function blockedVariable(name: string): Problem {
  return {
    code: 'BLOCKED_BY_POLICY',
    message: `\`${name.slice(0, 64)}\` is declared in a file that may never be inspected`,
    hint: 'Ask for something else, or ask who administers the organization.',
  };
}
