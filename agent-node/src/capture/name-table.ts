import { isCodeName, type PairRole, pairRole, type Redactor, type Telling } from '@borescope/redaction';
import { headLength, jsonBytes } from './json-bytes.ts';
import { mapClear, mapGet, mapSet, PlainMap, sliceText } from './primordials.ts';

/** What is known of the name of a variable, a property or a map key. */
export interface NameRecord {
  /** The kind of rule by which the name hides its value. */
  readonly secret: string | undefined;
  /** What it tells of its value otherwise: `phone`. */
  readonly telling: Telling | undefined;
  /** What a property of this name is in an object that names its value. */
  readonly pair: PairRole;
  /** The name as it is shown: redacted, then cut. */
  readonly shown: string;
  /** Of `shown` as JSON. */
  readonly bytes: number;
  /** Kinds of personal data found in the name itself. */
  readonly kinds: readonly string[];
}

/** Names of the same few shapes come back in every hit; reading one anew costs a microsecond. */
const MAX_NAMES = 4096;
/** Longer ones are data, such as the ids of a dictionary: not worth keeping. */
const MAX_KEPT_LENGTH = 64;
/** UTF-16 code units of a name that are shown. */
const SHOWN_LENGTH = 256;
/** Of those that are looked at for what the name says. */
const READ_LENGTH = 1024;

const NO_KINDS: readonly string[] = [];

export type NameTable = (name: string) => NameRecord;

export function createNameTable(redactor: Redactor): NameTable {
  const known = new PlainMap<string, NameRecord>();
  let size = 0;
  return (name) => {
    const found = mapGet(known, name) as NameRecord | undefined;
    if (found !== undefined) return found;
    const record = readName(name, redactor);
    if (name.length > MAX_KEPT_LENGTH || record.kinds.length > 0) return record;
    if (size >= MAX_NAMES) {
      mapClear(known);
      size = 0;
    }
    mapSet(known, name, record);
    size++;
    return record;
  };
}

function readName(name: string, redactor: Redactor): NameRecord {
  const found =
    redactor.mode === 'strict' && !isCodeName(name) ? redactor.text(name) : redactor.label(name, SHOWN_LENGTH);
  const text = found === undefined ? name : found.text;
  const shown = text.length > SHOWN_LENGTH ? `${sliceText(text, 0, headLength(text, SHOWN_LENGTH))}…` : text;
  const kinds: string[] = [];
  if (found !== undefined) {
    for (let i = 0; i < found.findings.length; i++) kinds[i] = found.findings[i]?.kind ?? '';
  }
  const read = name.length > READ_LENGTH ? sliceText(name, 0, READ_LENGTH) : name;
  return {
    secret: redactor.name(read),
    telling: redactor.telling(read),
    pair: pairRole(name, 0, name.length),
    shown,
    bytes: jsonBytes(shown),
    kinds: kinds.length > 0 ? kinds : NO_KINDS,
  };
}

/** The kind by which the name, alone or together with this value, hides it. */
export function secretOf(redactor: Redactor, record: NameRecord, value: unknown): string | undefined {
  if (record.secret !== undefined || record.telling === undefined) return record.secret;
  return redactor.fits(record.telling, value);
}
