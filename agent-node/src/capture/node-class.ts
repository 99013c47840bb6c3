import {
  functionText,
  hasOwn,
  indexOfText,
  isProxy,
  ownData,
  ownSymbols,
  prototypeOf,
  symbolDescription,
} from './primordials.ts';
import type { OwnKeys } from './wide-objects.ts';

/** Of Node's own classes: a request that came in, an answer that goes out, another one that emits events. */
export type NodeClass = 'incoming' | 'outgoing' | 'emitter';

const MAX_CHAIN = 20;

/** By the names of constructors, which decide the order of what is shown and nothing else. */
const CLASSES: readonly (readonly [name: string, kind: NodeClass])[] = [
  ['IncomingMessage', 'incoming'],
  ['Http2ServerRequest', 'incoming'],
  ['OutgoingMessage', 'outgoing'],
  ['Http2ServerResponse', 'outgoing'],
  ['EventEmitter', 'emitter'],
];

/** What one asks of a request first; `rawHeaders` has what `headers` shows. */
const FIRST: { readonly [Kind in NodeClass]: readonly string[] } = {
  incoming: ['method', 'url', 'originalUrl', 'params', 'query', 'body', 'statusCode', 'statusMessage'],
  outgoing: ['statusCode', 'statusMessage', 'locals', 'finished', 'method', 'path', 'host'],
  emitter: [],
};

/** What stands on it for Node and for frameworks, or leads away from it. */
const INNER: { readonly [Kind in NodeClass]: readonly string[] } = {
  incoming: ['socket', 'client', 'res', 'req', 'next', 'app', 'rawTrailers', 'rawHeaders'],
  outgoing: ['socket', 'connection', 'req', 'res', 'app', 'agent', 'outputData'],
  emitter: [],
};

const EMITTERS_INNER: readonly string[] = [
  'domain',
  '_events',
  '_eventsCount',
  '_maxListeners',
  '_readableState',
  '_writableState',
];

export function nodeClass(start: object): NodeClass | undefined {
  let prototype: object | null = start;
  for (let i = 0; i < MAX_CHAIN && prototype !== null && !isProxy(prototype); i++) {
    const made = ownData(prototype, 'constructor');
    const name = typeof made === 'function' && !isProxy(made) ? ownData(made, 'name') : undefined;
    for (let k = 0; k < CLASSES.length; k++) if (CLASSES[k]?.[0] === name) return CLASSES[k]?.[1];
    prototype = prototypeOf(prototype);
  }
  return undefined;
}

/** The keys of an object of such a class in two parts: what a developer looks for, and what is Node's own. */
export function splitKeys(kind: NodeClass, keys: OwnKeys): { readonly asked: OwnKeys; readonly inner: OwnKeys } {
  const first = FIRST[kind];
  const askedNames: string[] = [];
  for (let i = 0; i < first.length; i++) {
    const name = first[i] ?? '';
    if (has(keys.names, name)) askedNames[askedNames.length] = name;
  }
  const innerNames: string[] = [];
  for (let i = 0; i < keys.names.length; i++) {
    const name = keys.names[i] ?? '';
    if (has(EMITTERS_INNER, name) || has(INNER[kind], name)) innerNames[innerNames.length] = name;
    else if (kind !== 'emitter' && name[0] === '_') innerNames[innerNames.length] = name;
    else if (!has(first, name)) askedNames[askedNames.length] = name;
  }
  const askedSymbols: symbol[] = [];
  const innerSymbols: symbol[] = [];
  for (let i = 0; i < keys.symbols.length; i++) {
    const symbol = keys.symbols[i];
    if (symbol === undefined) continue;
    if (isNodesOwn(symbolDescription(symbol))) innerSymbols[innerSymbols.length] = symbol;
    else askedSymbols[askedSymbols.length] = symbol;
  }
  return {
    asked: { names: askedNames, symbols: askedSymbols, count: keys.count },
    inner: { names: innerNames, symbols: innerSymbols, count: keys.count },
  };
}

/** As Node names its own: `kHeaders`, `kOutHeaders`, `async_id_symbol`, `shapeMode`. */
function isNodesOwn(description: string | undefined): boolean {
  if (description === undefined) return false;
  const second = description[1] ?? '';
  if (description[0] === 'k' && second >= 'A' && second <= 'Z') return true;
  return description === 'shapeMode' || description === 'async_id_symbol' || description === 'trigger_async_id_symbol';
}

/**
 * What there is of the headers: those that Node has made of them, `{lower: [name, value]}` for an answer, or the list of
 * names and values that came. Undefined where there are none, and where the object has such a property itself.
 */
export function headersOf(kind: NodeClass, object: object): object | undefined {
  if (kind === 'emitter' || hasOwn(object, 'headers')) return undefined;
  const made = heldUnder(object, kind === 'incoming' ? 'kHeaders' : 'kOutHeaders');
  const raw = kind === 'incoming' && made === undefined ? ownData(object, 'rawHeaders') : made;
  return typeof raw === 'object' && raw !== null ? raw : undefined;
}

/**
 * What Node's getter `headers` gives: it makes them at the first look and keeps them under a symbol. Undefined where
 * nobody has looked, or where the getter is not Node's.
 */
export function readHeaders(getter: unknown, object: object): object | undefined {
  if (typeof getter !== 'function' || isProxy(getter) || isProxy(object)) return undefined;
  return indexOfText(functionText(getter), 'kHeaders') < 0 ? undefined : heldUnder(object, 'kHeaders');
}

function heldUnder(object: object, description: string): object | undefined {
  const symbols = ownSymbols(object);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i];
    if (symbol === undefined || symbolDescription(symbol) !== description) continue;
    const held = ownData(object, symbol);
    if (typeof held === 'object' && held !== null) return held;
  }
  return undefined;
}

function has(names: readonly string[], name: string): boolean {
  for (let i = 0; i < names.length; i++) if (names[i] === name) return true;
  return false;
}
