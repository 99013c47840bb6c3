import { indexOfText, sliceText, uncurry } from '../capture/primordials.ts';
import { allow, type Call } from './built-ins.ts';
import { numeric, text } from './coercion.ts';
import {
  type Context,
  fail,
  MAX_ITEMS,
  MAX_TEXT,
  taintByContent,
  takeSteps,
  UNITS_PER_STEP,
  withoutSecrets,
} from './context.ts';

type Native = (receiver: string, ...rest: (string | number | undefined)[]) => unknown;
/** How an argument is read: as text, as a number, or left out as undefined. */
type Kind = 'text' | 'number';

const prototype = String.prototype;

/** Methods of which the result tells no part of the text that the whole text would not tell to a reader. */
allowText('includes', ['text', 'number'], false);
allowText('startsWith', ['text', 'number'], false);
allowText('endsWith', ['text', 'number'], false);
allowText('indexOf', ['text', 'number'], false);
allowText('lastIndexOf', ['text', 'number'], false);
allowText('toLowerCase', [], false);
allowText('toUpperCase', [], false);
allowText('trim', [], false);
allowText('trimStart', [], false);
allowText('trimEnd', [], false);
allowText('toString', [], false);
allowText('valueOf', [], false);
/** Methods that cut pieces out of it. */
allowText('at', ['number'], true);
allowText('charAt', ['number'], true);
allowText('charCodeAt', ['number'], true);
allowText('codePointAt', ['number'], true);
allowText('slice', ['number', 'number'], true);
allowText('substring', ['number', 'number'], true);

function allowText(name: string, kinds: readonly Kind[], piece: boolean): void {
  const native: unknown = Reflect.getOwnPropertyDescriptor(prototype, name)?.value;
  if (typeof native !== 'function') return;
  const run = uncurry<Native>(native as (this: never) => unknown);
  allow(prototype, name, (context, call) => {
    const self = receiverText(context, call);
    const first = argument(context, call, 0, kinds);
    const second = argument(context, call, 1, kinds);
    if (piece) taintByContent(context, self);
    if (second !== undefined) return run(self, first, second);
    return first === undefined ? run(self) : run(self, first);
  });
}

function receiverText(context: Context, { receiver, label, at }: Call): string {
  if (typeof receiver !== 'string') return fail(context, at, `\`${label}\` is called on something that is not a text`);
  if (receiver.length > MAX_TEXT) {
    return fail(context, at, `\`${label}\` would go through a text of more than ${MAX_TEXT} characters`);
  }
  takeSteps(context, receiver.length / UNITS_PER_STEP, at);
  return receiver;
}

/** Primitives only: for an object these methods would ask it for `Symbol.match` or `toString`. */
function argument(context: Context, call: Call, index: number, kinds: readonly Kind[]): string | number | undefined {
  const value = call.arguments[index];
  const kind = kinds[index];
  if (kind === undefined || value === undefined) return undefined;
  return kind === 'text' ? text(context, value, call.at) : numeric(context, value, call.at);
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
    const fill = call.arguments[1] === undefined ? ' ' : text(context, call.arguments[1], call.at);
    return pad(self, length, fill);
  });
}

/** Written out: the built-in asks the separator, be it a text, for `Symbol.split`. */
allow(prototype, 'split', (context, call) => {
  const self = receiverText(context, call);
  if (call.arguments[0] === undefined) return [self];
  const separator = text(context, call.arguments[0], call.at);
  if (separator === '') return fail(context, call.at, 'split("") is not evaluated; read the text itself');
  taintByContent(context, self);
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
