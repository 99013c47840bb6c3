import { LIMITS } from '@borescope/agent-protocol';
import { define, descriptorOf, hasOwn, uncurry } from '../capture/primordials.ts';
import type { RawFrame } from './messages.ts';

type Site = NodeJS.CallSite;
type Callee = (...args: never) => unknown;

/** One more than is shown: the frame of the condition itself stands on top. */
const LIMIT = LIMITS.stackFrames + 1;

const captureStackTrace: (target: object, above: Callee) => void = Error.captureStackTrace;
const ErrorConstructor: object = Error;
const isArray = Array.isArray;
const create: (prototype: null) => PropertyDescriptor = Object.create;
const remove: (target: object, key: string) => boolean = Reflect.deleteProperty;

/** The methods of V8's call sites, taken when the agent is loaded. Undefined where even that is impossible. */
const methods = readMethods();

/**
 * The frames below `above` without running the application's `Error.prepareStackTrace`: ours stands there for the
 * moment of reading, and both properties are put back as they were. Empty where the application has sealed them.
 */
export function captureStack(above: Callee): RawFrame[] {
  if (!methods) return [];
  const sites = readSites(above);
  const frames: RawFrame[] = [];
  for (let i = 1; i < sites.length && i < LIMIT; i++) {
    const site = sites[i];
    if (site === undefined) break;
    const name = methods.functionName(site) ?? '';
    const shown = methods.isAsync(site) ? `async ${name}` : name;
    frames[frames.length] = [
      shown,
      methods.fileName(site) ?? '',
      methods.lineNumber(site) ?? 0,
      methods.columnNumber(site) ?? 0,
    ];
  }
  return frames;
}

function readSites(above: Callee): Site[] {
  const prepare = descriptorOf(ErrorConstructor, 'prepareStackTrace');
  const limit = descriptorOf(ErrorConstructor, 'stackTraceLimit');
  let sites: Site[] = [];
  try {
    if (!replace('prepareStackTrace', (_error: unknown, found: Site[]) => found)) return sites;
    if (!replace('stackTraceLimit', LIMIT)) return sites;
    const holder: { stack?: unknown } = {};
    captureStackTrace(holder, above);
    const stack = holder.stack;
    if (isArray(stack)) sites = stack;
  } catch {
    // Near the end of the stack even this can fail; the hit goes without frames.
  } finally {
    restore('prepareStackTrace', prepare);
    restore('stackTraceLimit', limit);
  }
  return sites;
}

function replace(key: string, value: unknown): boolean {
  return define(ErrorConstructor, key, bare({ value, writable: true, enumerable: true, configurable: true }));
}

function restore(key: string, was: PropertyDescriptor | undefined): void {
  if (was === undefined) remove(ErrorConstructor, key);
  else define(ErrorConstructor, key, bare(was));
}

/** Without a prototype: a `get` on the application's `Object.prototype` would make it a descriptor of an accessor. */
function bare(descriptor: PropertyDescriptor): PropertyDescriptor {
  const copy: PropertyDescriptor = create(null);
  if (hasOwn(descriptor, 'value')) {
    copy.value = descriptor.value;
    copy.writable = descriptor.writable === true;
  } else {
    if (descriptor.get) copy.get = descriptor.get;
    if (descriptor.set) copy.set = descriptor.set;
  }
  copy.enumerable = descriptor.enumerable === true;
  copy.configurable = descriptor.configurable === true;
  return copy;
}

function readMethods() {
  let site: Site | undefined;
  const was = descriptorOf(ErrorConstructor, 'prepareStackTrace');
  if (!replace('prepareStackTrace', (_error: unknown, found: Site[]) => found)) return undefined;
  const holder: { stack?: unknown } = {};
  captureStackTrace(holder, readMethods);
  if (isArray(holder.stack)) site = holder.stack[0];
  restore('prepareStackTrace', was);
  if (site === undefined) return undefined;
  return {
    functionName: uncurry<(site: Site) => string | null>(site.getFunctionName),
    // As the debugger names it: code that a bundler evals has no file, but a name of its own.
    fileName: uncurry<(site: Site) => string | null>(site.getScriptNameOrSourceURL),
    lineNumber: uncurry<(site: Site) => number | null>(site.getLineNumber),
    columnNumber: uncurry<(site: Site) => number | null>(site.getColumnNumber),
    isAsync: uncurry<(site: Site) => boolean>((site as Site & { isAsync(): boolean }).isAsync),
  };
}
