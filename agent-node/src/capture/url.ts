import { descriptorOf, hasOwn, uncurry, uncurryGetter } from './primordials.ts';

export const UrlPrototype: object = URL.prototype;
export const ParamsPrototype: object = URLSearchParams.prototype;
const ErrorConstructor = Error;
/** The part that is hidden in the text of a URL as the first half of its user info: keys stand there, too. */
export const USER_NAME = 'username';

/**
 * The parts of a URL in their order. Their getters only cut what they give from a text that is private to the URL, and
 * `searchParams` makes its object where there is none yet (Node 20 to 26). `href` and `search` are not among them: with
 * changed parameters those call `toString` and `size` of the parameters, which the application may have replaced.
 */
export const URL_PARTS: readonly UrlPart[] = [
  urlPart('protocol'),
  urlPart(USER_NAME),
  urlPart('password'),
  urlPart('host'),
  urlPart('pathname'),
  urlPart('searchParams'),
  urlPart('hash'),
];
const size = uncurryGetter<number>(ParamsPrototype, 'size');
const entries = uncurry<(params: object) => object>(URLSearchParams.prototype.entries);
const next = uncurry<(iterator: object) => { done?: boolean; value: [string, string] }>(
  new URLSearchParams().entries().next,
);

export type UrlPart = readonly [name: string, read: (url: unknown) => unknown];

export function urlPart(name: string): UrlPart {
  const read = uncurryGetter<unknown>(UrlPrototype, name);
  const readQuietly = (url: unknown): unknown => {
    try {
      return read(url);
    } catch {
      // V8's own error: it only inherits from `URL`.
      return undefined;
    }
  };
  return [name, readQuietly];
}

export function isUrl(value: unknown): boolean {
  return URL_PARTS[0]?.[1](value) !== undefined;
}

/** Whether a part has nothing to tell. */
export function isEmptyPart(part: unknown): boolean {
  if (part === undefined || part === '') return true;
  return typeof part === 'object' && part !== null && paramsSize(part) === 0;
}

/** How many parameters; undefined for what only inherits from `URLSearchParams`. */
export function paramsSize(params: object): number | undefined {
  if (!isRefusalQuiet()) return undefined;
  try {
    return size(params);
  } catch {
    return undefined;
  }
}

/** Of what `paramsSize` knows. */
export function eachParam(params: object): () => readonly [string, string] | undefined {
  const iterator = entries(params);
  return () => {
    const step = next(iterator);
    return step.done === true ? undefined : step.value;
  };
}

/**
 * Node's refusal of another receiver is an error of its own, for which it sets `Error.stackTraceLimit` for a moment: a
 * setter there would be the application's code.
 */
function isRefusalQuiet(): boolean {
  const limit = descriptorOf(ErrorConstructor, 'stackTraceLimit');
  return limit !== undefined && hasOwn(limit, 'value');
}
