import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A script as V8 reported it. */
export interface Script {
  readonly id: string;
  readonly url: string;
  /** Absolute path for a file, else the URL itself, without its query. */
  readonly path: string;
  /** SHA-256 by V8, hex. */
  readonly hash: string;
  readonly sourceMapUrl: string;
  readonly isModule: boolean;
  /** Runs in a context of `node:vm`, whose global object has no way to the agent: a condition there could only fail. */
  readonly inVmContext: boolean;
  /** UTF-16 code units. */
  readonly length: number;
}

/** Modules may be loaded twice under one path, told apart by a query; bundlers end the names of eval'd ones with one. */
export function pathOf(url: string): string {
  if (!url.startsWith('file:')) return withoutQuery(url);
  try {
    return fileURLToPath(withoutQuery(url));
  } catch {
    return url;
  }
}

/** `webpack://app/./src/a.js?4e32`. A path on disk may well have a `?` or a `#` in it. */
export function withoutQuery(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url.replace(/[?#].*$/, '') : url;
}

/** Has code of its own on disk; what is eval'd has not, whatever it is named. */
export function isFile({ path }: Script): boolean {
  return isAbsolute(path);
}
