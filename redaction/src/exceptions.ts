import { codeAt } from './intrinsics.ts';
import type { Exceptions } from './redactor.ts';

/**
 * Kinds that an organization may except: what is personal in one place and not in another. Secrets are not among them, and
 * cards are not: single ones are excepted by their text.
 */
export const SPARABLE_KINDS = [
  'bank-routing',
  'crypto-wallet',
  'email',
  'iban',
  'imei',
  'ip-address',
  'mac-address',
  'national-id',
  'npi',
  'personal-name',
  'phone',
  'private-ip-address',
  'us-ssn',
] as const;

/** What an organization lets be shown although a rule finds it. */
export interface Spared {
  kind(kind: string): boolean;
  /** The whole of what was found is one of the texts that may be shown. */
  text(text: string, from: number, to: number): boolean;
}

/** Undefined where nothing is excepted, so that nobody asks for each finding. */
export function createSpared({ kinds, values }: Exceptions): Spared | undefined {
  if (kinds.length === 0 && values.length === 0) return undefined;
  return {
    kind(kind) {
      for (let index = 0; index < kinds.length; index++) if (kinds[index] === kind) return true;
      return false;
    },
    text(text, from, to) {
      for (let index = 0; index < values.length; index++) if (isAt(values[index] ?? '', text, from, to)) return true;
      return false;
    },
  };
}

function isAt(value: string, text: string, from: number, to: number): boolean {
  if (value.length !== to - from) return false;
  for (let index = 0; index < value.length; index++) {
    if (codeAt(value, index) !== codeAt(text, from + index)) return false;
  }
  return true;
}
