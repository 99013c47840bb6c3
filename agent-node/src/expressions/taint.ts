import { isCodeName, isCount, type Redactor, STRICT, URL_CREDENTIALS } from '@borescope/redaction';
import { withoutPseudonyms } from '../capture/pseudonyms.ts';
import { withoutEscapes } from '../capture/regexp-source.ts';
import { type Context, giveUp, MAX_TEXT, takeUnits } from './context.ts';

/** Marks the evaluation when a value was read under a name that hides it. That there is none is no secret. */
export function taintByName(context: Context, name: string, value: unknown): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  taintByTruth(context, value);
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'function') return;
  const kind = context.redactor.name(name) ?? kindTold(context.redactor, name, value);
  if (kind !== undefined && !isCount(kind, typeof value)) context.secret = kind;
}

function kindTold(redactor: Redactor, name: string, value: unknown): string | undefined {
  const telling = redactor.telling(name);
  return telling === undefined ? undefined : redactor.fits(telling, value);
}

/** Where every value is hidden so is a truth value, which no rule is asked for. */
export function taintByTruth(context: Context, value: unknown): void {
  if (typeof value === 'boolean' && context.secret === undefined && context.hidesAll()) context.secret = STRICT;
}

/** Before what is chosen by a value, or takes its time by it: what was read of a secret so far may have made it. */
export function refuseTainted(context: Context): void {
  if (context.secret !== undefined) giveUp(context, context.secret);
}

/** The kind of what is hidden of a text, a number or a bigint, be it a part; and of a truth value, where everything is. */
export function kindWithin(context: Context, value: unknown, at: number): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return context.redactor?.number(value)?.kind;
  if (typeof value === 'boolean' && context.hidesAll()) return STRICT;
  if (typeof value !== 'string') return undefined;
  takeUnits(context, value.length, at);
  if (context.redactor === undefined) return undefined;
  const found = context.redactor.text(value, MAX_TEXT);
  return found === undefined ? undefined : (found.findings[0]?.kind ?? 'secret');
}

/**
 * Before anything is derived from a text, a number or a bigint: a part of a secret, or what is computed from it, is not
 * recognisable any more. Derived is also its length, what a key or a needle finds, and on which side of another it is.
 */
export function taintByContent(context: Context, value: unknown, at = 1): void {
  if (context.secret !== undefined) return;
  const kind = kindWithin(context, value, at);
  if (kind !== undefined) giveUp(context, kind);
}

/** The user name of a `URL`. */
export function taintByUser(context: Context, value: unknown): void {
  if (context.redactor !== undefined && context.redactor.mode !== 'off' && context.secret === undefined && value !== '')
    context.secret = URL_CREDENTIALS;
}

/** Of a regular expression, when it is read: with its escapes nothing is found in it any more. */
export function taintBySource(context: Context, source: string, at: number): void {
  const plain = withoutEscapes(source, MAX_TEXT);
  if (plain !== source) taintByContent(context, plain, at);
}

/** After a text was changed as a whole: what was recognised in it may not be any more. */
export function taintByChange(context: Context, before: string, after: string, at: number): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  takeUnits(context, before.length, at);
  const found = context.redactor.text(before)?.findings;
  if (found === undefined) return;
  takeUnits(context, after.length, at);
  const still = context.redactor.text(after)?.findings;
  for (let i = 0; i < found.length; i++) {
    if (found[i]?.kind !== still?.[i]?.kind) giveUp(context, found[i]?.kind ?? 'secret');
  }
}

/**
 * What a test asks of a value. Where something is found in a text or a number it is neither empty nor 0, so that this
 * tells nothing beyond; but not where all of them are hidden.
 */
export function isTruthy(context: Context, value: unknown): boolean {
  refuseTainted(context);
  if ((typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') && context.hidesAll())
    taintByContent(context, value);
  return !!value;
}

/** Before a name that the expression itself writes is looked up: it could be a guess of a key that is hidden. */
export function writtenName(name: string): (context: Context) => void {
  let kind: string | undefined;
  let known = false;
  return (context) => {
    if (!known) {
      // Where all texts are hidden, those that the code around the line gives as names are none of them.
      if (!context.hidesAll()) kind = kindWithin(context, name, 1);
      else if (!isCodeName(name)) kind = STRICT;
      known = true;
    }
    if (kind !== undefined && context.secret === undefined) giveUp(context, kind);
  };
}

/** A text as it may stand inside of another: glued to something, a secret may not be recognised any more. */
export function withoutSecrets(context: Context, text: string): string {
  if (context.redactor === undefined || text.length > MAX_TEXT) return text;
  takeUnits(context, text.length, 1);
  const found = context.redactor.text(text);
  if (found === undefined) return text;
  if (context.condition) return giveUp(context, found.findings[0]?.kind ?? 'secret');
  return withoutPseudonyms(found);
}

/** A value that loses its name on the way into a list: in the place of a secret its placeholder. */
export function withoutName(context: Context, name: string, value: unknown): unknown {
  const before = context.secret;
  taintByName(context, name, value);
  if (context.condition || context.secret === before) return value;
  const placeholder = `[redacted:${context.secret ?? ''}]`;
  context.secret = before;
  return placeholder;
}
