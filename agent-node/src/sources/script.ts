import { fileURLToPath } from 'node:url';

/** A script as V8 reported it. */
export interface Script {
  readonly id: string;
  readonly url: string;
  /** Absolute path for a file, else the URL itself. */
  readonly path: string;
  /** SHA-256 by V8, hex. */
  readonly hash: string;
  readonly sourceMapUrl: string;
  readonly isModule: boolean;
  /** UTF-16 code units. */
  readonly length: number;
}

/** Modules may be loaded twice under one path, told apart by a query. */
export function pathOf(url: string): string {
  if (!url.startsWith('file:')) return url;
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ''));
  } catch {
    return url;
  }
}
