import { codeAt } from '../intrinsics.ts';
import { pathParts } from './path-parts.ts';
import { matchesWildcard } from './wildcard.ts';

/** `**` between slashes: any number of folders, also none. */
const ANY_FOLDERS = '**';

export interface FilePattern {
  readonly parts: readonly string[];
  /** It names the path from its beginning on, as `/srv/shop/src` and `C:\shop\src` do; else it may begin at any folder. */
  readonly fromRoot: boolean;
}

export function readFilePattern(pattern: string): FilePattern {
  return { parts: pathParts(pattern), fromRoot: pattern[0] === '/' || pattern[0] === '\\' || hasDrive(pattern) };
}

/** `C:\\shop`, `C:/shop`. */
function hasDrive(pattern: string): boolean {
  const letter = codeAt(pattern, 0) | 0x20;
  return letter >= 97 && letter <= 122 && pattern[1] === ':' && (pattern[2] === '/' || pattern[2] === '\\');
}

/**
 * Whether the pattern is the path, an end of it, or a folder on it. `path` as `pathParts` gives it. In time at most the
 * product of both lengths.
 */
export function matchesPath({ parts, fromRoot }: FilePattern, path: readonly string[]): boolean {
  let at = 0;
  let index = 0;
  let star = fromRoot ? -1 : 0;
  let taken = 0;
  for (;;) {
    const part = parts[at];
    // What is left of the path stands below.
    if (part === undefined) return true;
    if (part === ANY_FOLDERS) {
      star = ++at;
      taken = index;
      continue;
    }
    const name = path[index];
    if (name === undefined) return false;
    if (matchesWildcard(part, name)) {
      at++;
      index++;
    } else if (star < 0) {
      return false;
    } else {
      at = star;
      index = ++taken;
    }
  }
}
