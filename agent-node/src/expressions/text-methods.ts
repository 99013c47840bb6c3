import { indexOfText, sliceText, uncurry } from '../capture/primordials.ts';
import { masked } from '../capture/pseudonyms.ts';
import { allow, type Call } from './built-ins.ts';
import { brief, numeric, text } from './coercion.ts';
import { type Context, fail, giveUp, MAX_ITEMS, MAX_TEXT, takeSteps, takeUnits } from './context.ts';
import { taintByChange, taintByContent, withoutSecrets } from './taint.ts';

type Native = (receiver: string, ...rest: (string | number | undefined)[]) => unknown;
/** How an argument is read: as text, as a number, or left out as undefined. */
type Kind = 'text' | 'number';

const prototype = String.prototype;

/** The whole text comes back, and what is secret in it is recognised again. */
allowText('trim', [], 'whole');
allowText('trimStart', [], 'whole');
allowText('trimEnd', [], 'whole');
allowText('toString', [], 'whole');
allowText('valueOf', [], 'whole');
/** An e-mail address stays one, a token may become unrecognisable. */
allowText('toLowerCase', [], 'changed');
allowText('toUpperCase', [], 'changed');
/** Guess after guess, these would tell a secret from its first character to its last. */
allowText('includes', ['text', 'number'], 'search');
allowText('startsWith', ['text', 'number'], 'search');
allowText('endsWith', ['text', 'number'], 'search');
/** Pieces, and places in the text. */
allowText('indexOf', ['text', 'number'], 'piece');
allowText('lastIndexOf', ['text', 'number'], 'piece');
allowText('at', ['number'], 'piece');
allowText('charAt', ['number'], 'piece');
allowText('charCodeAt', ['number'], 'piece');
allowText('codePointAt', ['number'], 'piece');
allowText('slice', ['number', 'number'], 'piece');
allowText('substring', ['number', 'number'], 'piece');

function allowText(name: string, kinds: readonly Kind[], tells: 'whole' | 'changed' | 'search' | 'piece'): void {
  const native: unknown = Reflect.getOwnPropertyDescriptor(prototype, name)?.value;
  if (typeof native !== 'function') return;
  const run = uncurry<Native>(native as (this: never) => unknown);
  allow(prototype, name, (context, call) => {
    const self = receiverText(context, call);
    const first = argument(context, call, 0, kinds);
    const second = argument(context, call, 1, kinds);
    // What is looked for can be what is hidden: in texts of one's own choice it would be found.
    taintByContent(context, first, call.at);
    if (tells === 'piece') taintByContent(context, self, call.at);
    if (tells === 'search') refuseSearch(context, call.at, self, run, first, second);
    const result = second !== undefined ? run(self, first, second) : first === undefined ? run(self) : run(self, first);
    if (tells === 'changed' && typeof result === 'string') taintByChange(context, self, result, call.at);
    return result;
  });
}

/** But for what is found also where each secret is one strange character: then it is no part of what was found. */
function refuseSearch(
  context: Context,
  at: number,
  self: string,
  run: Native,
  first: string | number | undefined,
  second: string | number | undefined,
): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  takeUnits(context, self.length, at);
  const found = context.redactor.text(self);
  if (found === undefined) return;
  const inTheClear = second === undefined && typeof first === 'string' && run(masked(found), first) === true;
  if (!inTheClear) giveUp(context, found.findings[0]?.kind ?? 'secret');
}

function receiverText(context: Context, { receiver, label, at }: Call): string {
  if (typeof receiver !== 'string') return fail(context, at, `\`${label}\` is called on something that is not a text`);
  if (receiver.length > MAX_TEXT) {
    return fail(context, at, `\`${label}\` would go through a text of more than ${MAX_TEXT} characters`);
  }
  takeUnits(context, receiver.length, at);
  return receiver;
}

/** Primitives only: for an object these methods would ask it for `Symbol.match` or `toString`. */
function argument(context: Context, call: Call, index: number, kinds: readonly Kind[]): string | number | undefined {
  const value = call.arguments[index];
  const kind = kinds[index];
  if (kind === undefined || value === undefined) return undefined;
  return kind === 'text' ? brief(context, text(context, value, call.at), call.at) : numeric(context, value, call.at);
}

allow(prototype, 'concat', (context, call) => {
  let made = withoutSecrets(context, receiverText(context, call));
  for (let i = 0; i < call.arguments.length; i++) {
    made += withoutSecrets(context, text(context, call.arguments[i], call.at));
    lengthAtMost(context, call, made.length);
  }
  return made;
});

allow(prototype, 'repeat', (context, call) => {
  const self = withoutSecrets(context, receiverText(context, call));
  const count = numeric(context, call.arguments[0], call.at);
  if (!(count >= 0)) return fail(context, call.at, 'the count is negative or no number');
  lengthAtMost(context, call, self.length * count);
  takeSteps(context, count, call.at);
  let made = '';
  for (let i = 1; i <= count; i++) made += self;
  return made;
});

const padStart = uncurry<(self: string, length: number, fill: string) => string>(prototype.padStart);
const padEnd = uncurry<(self: string, length: number, fill: string) => string>(prototype.padEnd);

for (const [name, pad] of [
  ['padStart', padStart],
  ['padEnd', padEnd],
] as const) {
  allow(prototype, name, (context, call) => {
    const self = withoutSecrets(context, receiverText(context, call));
    const length = numeric(context, call.arguments[0], call.at);
    lengthAtMost(context, call, length);
    if (length > 0) takeUnits(context, length, call.at);
    const fill =
      call.arguments[1] === undefined ? ' ' : withoutSecrets(context, text(context, call.arguments[1], call.at));
    return pad(self, length, fill);
  });
}

/** Written out: the built-in asks the separator, be it a text, for `Symbol.split`. */
allow(prototype, 'split', (context, call) => {
  const self = receiverText(context, call);
  if (call.arguments[0] === undefined) return [self];
  const separator = text(context, call.arguments[0], call.at);
  if (separator === '') return fail(context, call.at, 'split("") is not evaluated; read the text itself');
  taintByContent(context, separator, call.at);
  taintByContent(context, self, call.at);
  const parts: string[] = [];
  for (let from = 0; ; ) {
    takeSteps(context, 1, call.at);
    if (parts.length >= MAX_ITEMS) return fail(context, call.at, `it would make more than ${MAX_ITEMS} parts`);
    const found = indexOfText(self, separator, from);
    parts[parts.length] = found < 0 ? sliceText(self, from) : sliceText(self, from, found);
    if (found < 0) return parts;
    from = found + separator.length;
  }
});

function lengthAtMost(context: Context, call: Call, length: number): void {
  if (length > MAX_TEXT) fail(context, call.at, `it would make a text of more than ${MAX_TEXT} characters`);
}
