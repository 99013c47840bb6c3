import type { Redactor } from '@borescope/redaction';
import {
  arrayBufferBytes,
  dataViewBytes,
  fromCode,
  isArrayBufferView,
  isDataView,
  isSharedArrayBuffer,
  isUint8Array,
  ownData,
  sharedBufferBytes,
  typedArrayBytes,
} from './primordials.ts';
import type { LeafNode, Walk } from './walk.ts';

/**
 * Bytes that are shown: enough to recognise a format by its first bytes (PNG, gzip, PDF, protobuf), too few for a key.
 */
const SHOWN_BYTES = 8;
/** Keys, digests, initialisation vectors and short passwords live in buffers up to here: of those nothing is shown. */
export const LONGEST_SECRET = 64;
/** Bytes that are read as text for the redactor. */
const SCANNED_BYTES = 128;
/** A list of fewer numbers spells nothing that a rule would know. */
const FEWEST_NUMBERS = 8;
const HEX = '0123456789abcdef';

/**
 * Class and length in bytes; the head in hexadecimal only for bytes that are long enough not to be a key, in which the
 * redactor finds nothing when they are read as text. `withContents` is false below the deepest level that is shown.
 */
export function bufferNode(walk: Walk, value: object, name: string, withContents: boolean): LeafNode {
  const length = bytesOf(value);
  const hex = withContents && length > LONGEST_SECRET && isUint8Array(value) ? headHex(walk, value) : undefined;
  walk.cost += 2 * SHOWN_BYTES;
  return { type: 'buffer', class: name, length, hex };
}

/** 0 for a detached buffer. */
function bytesOf(value: object): number {
  try {
    if (isArrayBufferView(value)) return (isDataView(value) ? dataViewBytes(value) : typedArrayBytes(value)) ?? 0;
    return (isSharedArrayBuffer(value) ? sharedBufferBytes(value) : arrayBufferBytes(value)) ?? 0;
  } catch {
    // The getter of a DataView throws where its buffer is detached.
    return 0;
  }
}

function headHex(walk: Walk, bytes: Uint8Array): string | undefined {
  let text = '';
  let hex = '';
  for (let i = 0; i < SCANNED_BYTES; i++) {
    // An element of a typed array is no property: reading one runs nothing.
    const byte = bytes[i];
    if (byte === undefined) break;
    text += fromCode(byte);
    if (i < SHOWN_BYTES) hex += `${HEX[byte >> 4] ?? ''}${HEX[byte & 15] ?? ''}`;
  }
  return walk.memory.redactor.text(text) === undefined ? hex : undefined;
}

/**
 * Whether a plain list of numbers is the bytes of a text in which something has to be hidden, as `[...buffer]` and
 * `Array.from(text, (c) => c.charCodeAt(0))` make it, or an object with their places as keys, as a Uint8Array is in JSON. Of
 * most the first item says that they are not.
 */
export function spellsSecret(redactor: Redactor, list: object): boolean {
  if (redactor.mode === 'off') return false;
  const text = spelledText(list, SCANNED_BYTES);
  return text !== undefined && redactor.text(text) !== undefined;
}

/** The first `most` numbers as a text; undefined where they are too few, or not all are bytes. */
export function spelledText(list: object, most: number): string | undefined {
  let text = '';
  for (let i = 0; i < most; i++) {
    const item = ownData(list, i);
    if (item === undefined) break;
    if (typeof item !== 'number' || !(item >= 0 && item <= 255 && item % 1 === 0)) return undefined;
    text += fromCode(item);
  }
  return text.length < FEWEST_NUMBERS ? undefined : text;
}
