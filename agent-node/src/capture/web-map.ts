import type { WebClass } from './class-name.ts';
import { headerList } from './headers.ts';
import { eachParam, paramsSize } from './url.ts';

/** Names and values of a `URLSearchParams` or `Headers`, as a map has them, a name perhaps more than once. */
export interface WebMap {
  readonly size: number;
  /** The next pair, until there is none. */
  next(): readonly [string, string] | undefined;
}

export function isWebMap(web: WebClass, value: object): boolean {
  return readWebMap(web, value) !== undefined;
}

/** Undefined where it cannot be read without running code of the application. */
export function readWebMap(web: WebClass | undefined, value: object): WebMap | undefined {
  if (web === 'params') {
    const size = paramsSize(value);
    return size === undefined ? undefined : { size, next: eachParam(value) };
  }
  const list = web === 'headers' ? headerList(value) : undefined;
  if (list === undefined) return undefined;
  let at = 0;
  return { size: list.length, next: () => list[at++] };
}
