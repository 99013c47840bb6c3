import { dateIso, dateTime, descriptorOf, isArray, isDate, isNaNumber, textOf } from '../capture/primordials.ts';
import { type Context, dataOf, fail, MAX_STEPS, MAX_TEXT, takeSteps } from './context.ts';
import { labelOfKey } from './label.ts';
import { readMember } from './member.ts';
import { namesWithin } from './own-names.ts';
import { refuseSealed } from './sealed.ts';
import { kindWithin, withoutName, withoutSecrets } from './taint.ts';
import { nameBeside, refuseEntries, refuseItems, withoutNameBefore } from './unnamed.ts';

const quote = JSON.stringify;
const MAX_DEPTH = 20;

/**
 * `JSON.stringify(value)` without a getter, a `toJSON` of the application or a Proxy: each of those fails. Secrets are
 * replaced by their placeholders. At most `MAX_TEXT` characters.
 */
export function stringify(context: Context, value: unknown, at: number): string | undefined {
  return write(context, value, at, 0);
}

function write(context: Context, value: unknown, at: number, depth: number): string | undefined {
  takeSteps(context, 1, at);
  switch (typeof value) {
    case 'string':
      if (value.length > MAX_TEXT) return tooLong(context, at);
      // A primitive text: `JSON.stringify` asks only objects and bigints for a `toJSON`.
      return quote(withoutSecrets(context, value));
    case 'number':
      if (kindWithin(context, value, at) !== undefined) return quote(withoutSecrets(context, textOf(value)));
      return isNaNumber(value - value) ? 'null' : textOf(value);
    case 'boolean':
      // Also by how long the text is that it stands in.
      return context.hidesAll() ? quote(withoutSecrets(context, textOf(value))) : textOf(value);
    case 'bigint':
      return fail(context, at, 'JSON has no bigint; give the value itself as an expression');
    case 'object':
      return value === null ? 'null' : writeObject(context, value, at, depth);
    default:
      return undefined;
  }
}

function writeObject(context: Context, value: object, at: number, depth: number): string {
  refuseSealed(context, value, at);
  if (depth >= MAX_DEPTH) return fail(context, at, `it is circular, or nested more than ${MAX_DEPTH} levels deep`);
  refuseItems(context, value, at);
  refuseEntries(context, value, at);
  if (isDate(value)) return isNaNumber(dateTime(value)) ? 'null' : `"${dateIso(value)}"`;
  if (typeof readMember(context, value, 'toJSON', 'toJSON', at) === 'function') {
    return fail(context, at, 'an object in it has a toJSON, which is not run');
  }
  return isArray(value) ? writeArray(context, value, at, depth) : writeRecord(context, value, at, depth);
}

function writeArray(context: Context, array: unknown[], at: number, depth: number): string {
  let made = '[';
  for (let i = 0; i < array.length; i++) {
    const found = descriptorOf(array, i);
    const item =
      found === undefined ? undefined : withoutNameBefore(context, array, i, dataOf(context, found, `[${i}]`, at));
    made += `${i > 0 ? ',' : ''}${write(context, item, at, depth + 1) ?? 'null'}`;
    if (made.length > MAX_TEXT) return tooLong(context, at);
  }
  return `${made}]`;
}

function writeRecord(context: Context, record: object, at: number, depth: number): string {
  const names = namesWithin(context, record, MAX_STEPS, at);
  let made = '';
  for (let i = 0; i < names.length; i++) {
    takeSteps(context, 1, at);
    const name = names[i] ?? '';
    if (name === 'stack') continue;
    const found = descriptorOf(record, name);
    if (found === undefined || found.enumerable !== true) continue;
    const value = dataOf(context, found, labelOfKey(context, name), at);
    const written = write(context, hiddenByName(context, record, name, value), at, depth + 1);
    if (written === undefined) continue;
    made += `${made === '' ? '' : ','}${quote(withoutSecrets(context, name))}:${written}`;
    if (made.length > MAX_TEXT) return tooLong(context, at);
  }
  return `{${made}}`;
}

function hiddenByName(context: Context, record: object, name: string, value: unknown): unknown {
  const beside = nameBeside(context, record, name);
  return withoutName(context, name, beside === undefined ? value : withoutName(context, beside, value));
}

function tooLong(context: Context, at: number): never {
  return fail(context, at, `it would make a text of more than ${MAX_TEXT} characters`);
}
