import {
  arrayBufferBytes,
  dataViewBytes,
  isAnyArrayBuffer,
  isArrayBufferView,
  isDataView,
  isMap,
  isProxy,
  isRegExp,
  isSet,
  isSharedArrayBuffer,
  mapSet,
  mapSize,
  regexpSource,
  setSize,
  sharedBufferBytes,
  symbolDescription,
  typedArrayBytes,
  uncurryGetter,
} from '../capture/primordials.ts';
import { ParamsPrototype, paramsSize, URL_PARTS, UrlPrototype, urlPart } from '../capture/url.ts';
import { isObject } from './coercion.ts';

type Accessor = (receiver: unknown) => unknown;

/** Built-in getters that are read, by identity; undefined where the receiver is not of their kind. */
export const ACCESSORS: ReadonlyMap<unknown, Accessor> = new Map();

const TypedArrayPrototype = Reflect.getPrototypeOf(Uint8Array.prototype) ?? Uint8Array.prototype;
const typedArrayLength = uncurryGetter<number>(TypedArrayPrototype, 'length');

function allow(holder: object, name: PropertyKey, accessor: Accessor): void {
  const getter = Reflect.getOwnPropertyDescriptor(holder, name)?.get;
  if (getter) mapSet(ACCESSORS, getter, (receiver: unknown) => (isProxy(receiver) ? undefined : accessor(receiver)));
}

function isTypedArray(value: unknown): boolean {
  return isArrayBufferView(value) && !isDataView(value);
}

allow(Map.prototype, 'size', (map) => (isMap(map) ? mapSize(map) : undefined));
allow(Set.prototype, 'size', (set) => (isSet(set) ? setSize(set) : undefined));
allow(TypedArrayPrototype, 'length', (array) => (isTypedArray(array) ? typedArrayLength(array) : undefined));
allow(TypedArrayPrototype, 'byteLength', (array) => (isTypedArray(array) ? typedArrayBytes(array) : undefined));
allow(DataView.prototype, 'byteLength', (view) => (isDataView(view) ? dataViewBytes(view) : undefined));
allow(ArrayBuffer.prototype, 'byteLength', (buffer) =>
  isAnyArrayBuffer(buffer) && !isSharedArrayBuffer(buffer) ? arrayBufferBytes(buffer) : undefined,
);
allow(SharedArrayBuffer.prototype, 'byteLength', (buffer) =>
  isSharedArrayBuffer(buffer) ? sharedBufferBytes(buffer) : undefined,
);
allow(Symbol.prototype, 'description', (symbol) =>
  typeof symbol === 'symbol' ? symbolDescription(symbol) : undefined,
);
for (const [name, read] of [...URL_PARTS, urlPart('hostname'), urlPart('port')]) allow(UrlPrototype, name, read);
allow(ParamsPrototype, 'size', (params) => (isObject(params) ? paramsSize(params) : undefined));
allow(RegExp.prototype, 'source', (regexp) => (isRegExp(regexp) ? regexpSource(regexp) : undefined));
