import type { CapturedValue, Extras, Property } from '@borescope/agent-protocol';
import {
  BLOCKED_CLASS,
  BYTES,
  type Finding,
  isCodeName,
  isCount,
  isHolding,
  isNaming,
  namesBeside,
  pairRole,
  type RedactedText,
  type Redactor,
  STRICT,
  UNEXAMINED,
  URL_CREDENTIALS,
} from '@borescope/redaction';
import { isMark, tellsMore } from './agent-mark.ts';
import { isCutText, withoutEnd } from './cut-text.ts';
import { propertiesSpell, spellsSecret } from './spelled.ts';

/** One pass over captured values: the redactor, and what it found that was not hidden before. */
export interface Pass {
  readonly redactor: Redactor;
  /** Whether a class of this name may never be inspected: an agent may not know it. */
  readonly isBlockedClass: (name: string) => boolean;
  /** The end of a text that an agent has cut is hidden: what began there may be something that it does not know. */
  readonly hidesEnds: boolean;
  readonly caught: Finding[];
}

type Entry = Extract<CapturedValue, { type: 'map' }>['entries'][number];

/** Containers within each other that are walked; an agent shows far fewer. Below, the value is hidden whole. */
const DEEPEST = 100;

/** UTF-16 code units of a name of a property, a class, a function. */
const NAME = 4096;

const FLAGS = /^[dgimsuvy]*$/;

/** Properties that hold a list of alternating names and values: Node's own `rawHeaders` and `rawTrailers`. */
const ALTERNATING = new Set(['rawHeaders', 'rawTrailers']);

/** A text with its findings replaced, cut to `most` UTF-16 code units: a placeholder may be longer than what it hides. */
function redactText(pass: Pass, text: string, most = Number.POSITIVE_INFINITY): string {
  return clean(pass, text, pass.redactor.text(text), most);
}

/** The same for a text that says by its last character that the agent has cut it. */
function redactLong(pass: Pass, text: string): string {
  const clean = redactText(pass, text);
  return pass.hidesEnds && isCutText(text) ? hideEnd(pass, clean) : clean;
}

function hideEnd(pass: Pass, text: string): string {
  pass.caught.push(pass.redactor.hide(UNEXAMINED, 'string'));
  return withoutEnd(text);
}

/** The same for what belongs to the code: a name, a path, a message of ours. */
export function redactLabel(pass: Pass, text: string, most = Number.POSITIVE_INFINITY): string {
  return clean(pass, text, pass.redactor.label(text), most);
}

function clean(pass: Pass, text: string, found: RedactedText | undefined, most: number): string {
  if (found === undefined) return text;
  pass.caught.push(...found.findings);
  return found.text.slice(0, most);
}

/** The value as it may be shown, itself where nothing is to be hidden; what the agent has hidden stays as it is. */
export function redactValue(pass: Pass, value: CapturedValue, depth = 0): CapturedValue {
  if (depth > DEEPEST) return hideWhole(pass, UNEXAMINED, value);
  const named = value.type === 'function' ? value.name : 'class' in value ? value.class : undefined;
  if (typeof named === 'string' && pass.isBlockedClass(named)) {
    return caught(pass, pass.redactor.hide(BLOCKED_CLASS, typeOf(value)));
  }
  switch (value.type) {
    case 'string':
      return redactString(pass, value);
    case 'number':
      return numberOr(pass, value, Number(value.value));
    case 'bigint':
      return numberOr(pass, value, BigInt(value.value));
    case 'symbol':
      return value.description === undefined ? value : { ...value, description: redactText(pass, value.description) };
    case 'object': {
      const shown = withClass(pass, value);
      const properties = redactProperties(pass, ofUrl(pass, value), depth);
      return properties === shown.properties ? shown : { ...shown, properties };
    }
    case 'array': {
      if (spellsSecret(pass.redactor, value.items)) return hideWhole(pass, BYTES, value);
      const shown = withClass(pass, value);
      const items = pairItems(pass, value.items) ?? redactItems(pass, value.items, depth);
      return withExtras(pass, items === shown.items ? shown : { ...shown, items }, depth);
    }
    case 'set': {
      const shown = withClass(pass, value);
      const items = redactItems(pass, value.items, depth);
      return withExtras(pass, items === shown.items ? shown : { ...shown, items }, depth);
    }
    case 'map': {
      const shown = withClass(pass, value);
      const entries = redactEntries(pass, value.entries, depth);
      return withExtras(pass, entries === shown.entries ? shown : { ...shown, entries }, depth);
    }
    case 'error': {
      const shown = {
        ...withClass(pass, value),
        message: redactLong(pass, value.message),
        ...(value.stack !== undefined && { stack: redactLong(pass, value.stack) }),
        ...(value.cause !== undefined && { cause: redactValue(pass, value.cause, depth + 1) }),
      };
      return withExtras(pass, shown, depth);
    }
    case 'boolean':
      return isStrict(pass) ? hideWhole(pass, STRICT, value) : value;
    case 'date':
      return redactDate(pass, value) ?? withExtras(pass, withClass(pass, value), depth);
    case 'promise':
      return withExtras(pass, withClass(pass, value), depth);
    case 'regexp':
      if (!FLAGS.test(value.flags)) return hideWhole(pass, UNEXAMINED, value);
      return withExtras(pass, { ...withClass(pass, value), source: redactText(pass, value.source) }, depth);
    case 'function':
      return withExtras(pass, { ...value, name: redactName(pass, value.name) }, depth);
    case 'buffer':
      return redactBuffer(pass, withExtras(pass, value, depth));
    case 'depth':
    case 'truncated':
      return withClass(pass, value);
    case 'redacted':
      if (!isMark(value)) return hideWhole(pass, UNEXAMINED, value);
      return isStrict(pass) && tellsMore(value) ? hideMark(pass, value) : value;
    default:
      return value;
  }
}

function withClass<Value extends { readonly class?: string | undefined }>(pass: Pass, value: Value): Value {
  if (value.class === undefined) return value;
  const shown = redactLabel(pass, value.class, NAME);
  return shown === value.class ? value : { ...value, class: shown };
}

function withExtras<Value extends Extras>(pass: Pass, value: Value, depth: number): Value {
  if (value.properties === undefined) return value;
  const properties = redactProperties(pass, value.properties, depth);
  return properties === value.properties ? value : { ...value, properties };
}

/** The same list where `change` gives the same of each item: in most hits nothing is left to hide, and so nothing is copied. */
function changed<Item>(items: Item[], change: (item: Item, at: number) => Item): Item[] {
  let out = items;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined) continue;
    const shown = change(item, at);
    if (shown === item) continue;
    if (out === items) out = [...items];
    out[at] = shown;
  }
  return out;
}

function redactItems(pass: Pass, items: CapturedValue[], depth: number): CapturedValue[] {
  return changed(items, (item) => redactValue(pass, item, depth + 1));
}

function redactEntries(pass: Pass, entries: Entry[], depth: number): Entry[] {
  return changed(entries, (entry) => {
    const [key, held] = entry;
    const shown = redactValue(pass, key, depth + 1);
    const value = underKey(pass, key, held, depth);
    return shown === key && value === held ? entry : [shown, value];
  });
}

function isStrict({ redactor }: Pass): boolean {
  return redactor.mode === 'strict';
}

/** Of a property or a function: in the mode `strict` one that may be data is hidden. */
function redactName(pass: Pass, name: string): string {
  return isStrict(pass) && !isCodeName(name) ? redactText(pass, name) : redactLabel(pass, name, NAME);
}

/** The value of a variable, property or map entry of this name. */
export function redactNamed(pass: Pass, name: string, value: CapturedValue, depth = 0): CapturedValue {
  const kind = pass.redactor.name(name);
  if (kind !== undefined) return hideUnder(pass, kind, value, depth);
  const told = kindTold(pass, name, value);
  if (told !== undefined) return hideWhole(pass, told, value);
  if (value.type === 'array' && ALTERNATING.has(name)) {
    return { ...value, items: alternatingItems(pass, value.items, depth + 1) };
  }
  return redactValue(pass, value, depth);
}

/** The kind by which a name that hides nothing by itself hides this value: a telephone number under `phone`. */
export function kindTold({ redactor }: Pass, name: string, value: CapturedValue): string | undefined {
  if (value.type !== 'string' && value.type !== 'number' && value.type !== 'bigint') return undefined;
  const telling = redactor.telling(name);
  if (telling === undefined) return undefined;
  return redactor.fits(telling, value.type === 'bigint' ? BigInt(value.value) : value.value);
}

/** What stands in place of a value whose name is secret. That there is none, a truth value, a count, a function or a promise is shown. */
export function hideUnder(pass: Pass, kind: string, value: CapturedValue, depth = 0): CapturedValue {
  if (isCount(kind, value.type)) return redactValue(pass, value, depth);
  switch (value.type) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'symbol':
    case 'object':
    case 'array':
    case 'map':
    case 'set':
    case 'error':
    case 'date':
    case 'regexp':
    case 'buffer':
      return hideWhole(pass, kind, value);
    case 'function':
    case 'promise': {
      const { properties, ...bare } = value;
      if (properties === undefined) return redactValue(pass, bare, depth);
      pass.caught.push(pass.redactor.hide(kind, typeOf(value)));
      return redactValue(pass, { ...bare, propertyCount: value.propertyCount ?? properties.length }, depth);
    }
    default:
      return redactValue(pass, value, depth);
  }
}

function hideWhole(pass: Pass, kind: string, value: CapturedValue): CapturedValue {
  // A string that the agent has cut is not known whole: equal heads are no equal values.
  const text = value.type === 'string' && value.length === undefined ? value.value : undefined;
  return caught(pass, pass.redactor.hide(kind, typeOf(value), text));
}

function caught(pass: Pass, finding: Finding): CapturedValue {
  pass.caught.push(finding);
  return { type: 'redacted', ...finding };
}

/** What `typeof` said of the value. */
function typeOf(value: CapturedValue): string {
  switch (value.type) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
    case 'function':
    case 'undefined':
      return value.type;
    default:
      return 'object';
  }
}

function redactString(pass: Pass, value: Extract<CapturedValue, { type: 'string' }>): CapturedValue {
  const isCut = pass.hidesEnds && value.length !== undefined;
  const found = pass.redactor.text(value.value);
  if (found === undefined) return isCut ? { ...value, value: hideEnd(pass, value.value) } : value;
  const [only] = found.findings;
  if (found.whole && only !== undefined) return caught(pass, only);
  pass.caught.push(...found.findings);
  return { ...value, value: isCut ? hideEnd(pass, found.text) : found.text };
}

/** What an agent that is not ours tells as a date may be any text; undefined where nothing is found in it. */
function redactDate(pass: Pass, value: Extract<CapturedValue, { type: 'date' }>): CapturedValue | undefined {
  if (isStrict(pass)) return hideWhole(pass, STRICT, value);
  const [found] = value.value === undefined ? [] : (pass.redactor.text(value.value)?.findings ?? []);
  return found && hideWhole(pass, found.kind, value);
}

/** What the agent has hidden by what it is, by its type and length class alone. */
function hideMark(pass: Pass, { of, length }: Extract<CapturedValue, { type: 'redacted' }>): CapturedValue {
  return caught(pass, length === undefined ? { kind: STRICT, of } : { kind: STRICT, of, length });
}

function numberOr(pass: Pass, value: CapturedValue, number: number | bigint): CapturedValue {
  const finding = pass.redactor.number(number);
  return finding === undefined ? value : caught(pass, finding);
}

function redactProperties(pass: Pass, properties: Property[], depth: number): Property[] {
  const bytes = isWrittenBuffer(pass, properties) ? BYTES : undefined;
  const isSpelled = propertiesSpell(pass.redactor, properties);
  return changed(properties, (property, index) => {
    const { name, value } = property;
    const spelled = isSpelled && value.type === 'number' && name === `${index}` ? BYTES : undefined;
    const kind = kindBeside(pass, properties, name, value) ?? (name === 'data' ? bytes : spelled);
    const shown = redactName(pass, name);
    const held =
      kind === undefined ? redactNamed(pass, name, value, depth + 1) : hideUnder(pass, kind, value, depth + 1);
    return shown === name && held === value ? property : { ...property, name: shown, value: held };
  });
}

/** `{type: 'Buffer', data: [...]}`, as JSON has a buffer. */
function isWrittenBuffer({ redactor }: Pass, properties: readonly Property[]): boolean {
  let isTyped = false;
  let hasData = false;
  for (const { name, value } of properties) {
    if (name === 'type' && value.type === 'string' && value.value === 'Buffer') isTyped = true;
    else if (name === 'data' && value.type === 'array') hasData = true;
  }
  return isTyped && hasData && redactor.mode !== 'off';
}

/** Without the user name, which is hidden in the text of a URL. */
function ofUrl(pass: Pass, { class: name, properties }: Extract<CapturedValue, { type: 'object' }>): Property[] {
  if (name !== 'URL' || pass.redactor.mode === 'off') return properties;
  return properties.map((property) =>
    property.name === 'username' ? { ...property, value: hideUnder(pass, URL_CREDENTIALS, property.value) } : property,
  );
}

/** The kind of the first name beside it that hides the `held` value: `{name: 'password', value: '...'}`. */
function kindBeside(pass: Pass, properties: readonly Property[], key: string, held: CapturedValue): string | undefined {
  const holding = pairRole(key, 0, key.length);
  const text = held.type === 'string' ? held.value : undefined;
  if (!isHolding(holding, text)) return undefined;
  for (const { name: naming, value } of properties) {
    const role = pairRole(naming, 0, naming.length);
    const name = isNaming(role) ? nameTold(value) : undefined;
    if (name === undefined) continue;
    const kind = pass.redactor.name(name) ?? kindTold(pass, name, held);
    if (kind !== undefined && namesBeside(pass.redactor, role, name, holding, text)) return kind;
  }
  return undefined;
}

/** A text, or the last one of a path: `['user', 'password']`. */
function nameTold(value: CapturedValue): string | undefined {
  const last = value.type === 'array' ? value.items.at(-1) : value;
  return last?.type === 'string' ? last.value : undefined;
}

function underKey(pass: Pass, key: CapturedValue, held: CapturedValue, depth: number): CapturedValue {
  const name = key.type === 'string' ? key.value : key.type === 'symbol' ? key.description : undefined;
  return name === undefined ? redactValue(pass, held, depth + 1) : redactNamed(pass, name, held, depth + 1);
}

/**
 * `['password', '...']`, an entry as `Object.entries` and `Headers` give it, and `['AUTH', 'user', '...']`, a command of Redis; undefined
 * where the array is none.
 */
function pairItems(pass: Pass, items: readonly CapturedValue[]): CapturedValue[] | undefined {
  const [name, value, third] = items;
  if (items.length === 3 && name?.type === 'string' && name.value.toUpperCase() === 'AUTH' && third !== undefined) {
    const secret = pass.redactor.name(name.value);
    return secret === undefined || value === undefined
      ? undefined
      : [name, redactValue(pass, value), hideUnder(pass, secret, third)];
  }
  if (items.length !== 2 || name?.type !== 'string' || value === undefined) return undefined;
  const kind = pass.redactor.name(name.value) ?? kindTold(pass, name.value, value);
  return kind === undefined ? undefined : [name, hideUnder(pass, kind, value)];
}

function alternatingItems(pass: Pass, items: readonly CapturedValue[], depth: number): CapturedValue[] {
  return items.map((item, index) => {
    const name = index % 2 === 1 ? items[index - 1] : undefined;
    return name?.type === 'string' ? redactNamed(pass, name.value, item, depth) : redactValue(pass, item, depth);
  });
}

/** The bytes that are shown are looked at as text; where something is found they are all hidden. */
function redactBuffer(pass: Pass, value: Extract<CapturedValue, { type: 'buffer' }>): CapturedValue {
  if (value.hex === undefined) return value;
  const found = pass.redactor.text(Buffer.from(value.hex, 'hex').toString('latin1'));
  const [first] = found?.findings ?? [];
  return first === undefined ? value : caught(pass, pass.redactor.hide(first.kind, 'object'));
}
