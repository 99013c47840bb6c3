import { codeAt } from '../intrinsics.ts';

/** Longer names are data. */
const LONGEST_NAME = 64;

/** As debuggers show what a boxed primitive holds. */
const BOXED = '[[PrimitiveValue]]';

/**
 * An identifier, or words joined by hyphens, as headers are named: what somebody has written into the code. Any other
 * name of a property may be data, such as the ids of a dictionary. So may one of these: nobody can tell.
 */
export function isCodeName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  if (name === BOXED) return true;
  let hyphens = false;
  let others = false;
  for (let index = 0; index < name.length; index++) {
    const code = codeAt(name, index);
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    if (isLetter) continue;
    const isDigit = code >= 48 && code <= 57;
    if (code === HYPHEN) hyphens = true;
    else if (code === DOLLAR || code === UNDERSCORE || (index === 0 ? code === HASH : isDigit)) others = true;
    else return false;
  }
  return !hyphens || !others;
}

const HASH = 35;
const DOLLAR = 36;
const HYPHEN = 45;
const UNDERSCORE = 95;
