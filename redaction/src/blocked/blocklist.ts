import { createClassMatcher } from './class-matcher.ts';
import { type FilePattern, matchesPath, readFilePattern } from './file-pattern.ts';
import { pathParts } from './path-parts.ts';
import { matchesWildcard } from './wildcard.ts';

/** What may never be inspected. The language of the patterns is told in docs/agent-protocol.md. */
export interface Blocked {
  readonly files: readonly string[];
  readonly packages: readonly string[];
  readonly classes: readonly string[];
}

export interface Blocklist {
  /** Whether code of this path or URL is blocked: by a file pattern, or by a package in whose `node_modules` folder it is. */
  path(path: string): boolean;
  /** By the name in its package.json. */
  package(name: string): boolean;
  class(name: string): boolean;
}

/** Pure, and for the worker and the broker: the application's thread only asks for classes. */
export function createBlocklist({ files, packages, classes }: Blocked): Blocklist {
  const index = indexed(files.map(readFilePattern));
  const names = packages.map((name) => name.toLowerCase());
  const isBlockedPackage = (name: string) => names.some((pattern) => matchesWildcard(pattern, name));
  return {
    path(path) {
      // Most organizations block nothing, and the broker asks at each hit.
      if (files.length + packages.length === 0) return false;
      const parts = pathParts(path);
      return index(parts) || packagesOn(parts).some(isBlockedPackage);
    },
    package: (name) => isBlockedPackage(name.toLowerCase()),
    class: createClassMatcher(classes),
  };
}

/** A pattern with a name that is fixed is looked at only where the path has this name: a broker asks at each hit. */
function indexed(patterns: readonly FilePattern[]): (parts: readonly string[]) => boolean {
  const byName = new Map<string, FilePattern[]>();
  const others: FilePattern[] = [];
  for (const pattern of patterns) {
    const name = pattern.parts.filter((part) => !part.includes('*')).sort((a, b) => b.length - a.length)[0];
    const list = name === undefined ? others : (byName.get(name) ?? []);
    list.push(pattern);
    if (name !== undefined) byName.set(name, list);
  }
  return (parts) => {
    const matches = (pattern: FilePattern) => matchesPath(pattern, parts);
    return parts.some((part) => byName.get(part)?.some(matches) === true) || others.some(matches);
  };
}

/**
 * The packages in whose folders a path is: all of them, where one is installed inside of another. pnpm's
 * `.pnpm/stripe@1.0.0/node_modules/stripe` has the one that matters behind its last `node_modules`.
 */
function packagesOn(parts: readonly string[]): string[] {
  const names: string[] = [];
  for (const [at, part] of parts.entries()) {
    if (part !== 'node_modules') continue;
    const name = parts[at + 1] ?? '';
    if (name.startsWith('@')) names.push(`${name}/${parts[at + 2] ?? ''}`);
    else if (!name.startsWith('.')) names.push(name);
  }
  return names;
}
