import type { Redactor } from '@borescope/redaction';
import { isHeadersPrototype } from './headers.ts';
import { createNameTable } from './name-table.ts';
import { type NodeClass, nodeClass } from './node-class.ts';
import { isProxy, ObjectPrototype, ownData, PlainWeakMap, prototypeOf, weakGet, weakSet } from './primordials.ts';
import { ParamsPrototype, UrlPrototype } from './url.ts';

export interface ClassRecord {
  readonly name: string;
  /** Of the name as JSON. */
  readonly bytes: number;
  /** Of the web's classes that Node brings and whose contents are private: which one it is or extends. */
  readonly web?: WebClass | undefined;
  /** Of the classes of Node whose objects have much that is Node's own. */
  readonly node?: NodeClass | undefined;
}

export type WebClass = 'url' | 'params' | 'headers';

const OBJECT: ClassRecord = { name: 'Object', bytes: 8 };
const NULL_PROTOTYPE: ClassRecord = { name: 'Object (null prototype)', bytes: 25 };
const MAX_CHAIN = 20;
const TAG: symbol = Symbol.toStringTag;

export type ClassTable = (prototype: object | null) => ClassRecord;

/**
 * The class of an object by its prototype: the own name of the nearest own `constructor` that is a data property, or where
 * a nearer prototype has no such constructor its tag.
 * Remembered for each prototype, so a class that is renamed later keeps the name that was seen first.
 */
export function createClassTable(redactor: Redactor): ClassTable {
  const known = new PlainWeakMap<object, ClassRecord>();
  const names = createNameTable(redactor);
  return (prototype) => {
    if (prototype === ObjectPrototype) return OBJECT;
    if (prototype === null) return NULL_PROTOTYPE;
    const found = weakGet(known, prototype) as ClassRecord | undefined;
    if (found !== undefined) return found;
    const name = constructorName(prototype);
    const { shown, bytes } = names(name);
    const record = { name: shown, bytes, web: webClass(prototype, name), node: nodeClass(prototype) };
    weakSet(known, prototype, record);
    return record;
  };
}

function webClass(start: object, name: string): WebClass | undefined {
  if (name === 'Headers' && isHeadersPrototype(start)) return 'headers';
  let prototype: object | null = start;
  for (let i = 0; i < MAX_CHAIN && prototype !== null && !isProxy(prototype); i++) {
    if (prototype === UrlPrototype) return 'url';
    if (prototype === ParamsPrototype) return 'params';
    prototype = prototypeOf(prototype);
  }
  return undefined;
}

function constructorName(start: object): string {
  let prototype: object | null = start;
  for (let i = 0; i < MAX_CHAIN && prototype !== null && !isProxy(prototype); i++) {
    const made = ownData(prototype, 'constructor');
    if (typeof made === 'function' && !isProxy(made)) {
      const name = ownData(made, 'name');
      if (typeof name === 'string' && name !== '') return name;
    }
    // Generators and iterators have no constructor that is a function: ECMA-262, %GeneratorPrototype% [ %Symbol.toStringTag% ].
    const tag = ownData(prototype, TAG);
    if (typeof tag === 'string' && tag !== '') return tag;
    prototype = prototypeOf(prototype);
  }
  return 'Object';
}
