import { FUNCTIONS, ITERATORS, METHODS, STATICS, WITH_CALLBACK } from '../callable.ts';
import type { MemberNode, NameNode } from '../tree.ts';
import { nearName } from './near-name.ts';
import { CALLED_INSTEAD, GLOBALS_INSTEAD, type Reason } from './refusals.ts';

const METHOD_NAMES = [...new Set(Object.values(METHODS).flat())];
const KNOWN = new Set([...METHOD_NAMES, ...Object.values(STATICS).flat()]);
/** Data that is often called. */
const PROPERTIES = new Set(['length', 'size', 'byteLength', 'description', 'source']);
/** So that no name of the caller fills the message. */
const NAME_LENGTH = 60;

/** Stands at the end of each hint on a call, once where several are told together. */
export const CALLABLE =
  'Callable are built-ins without side effects: on texts ' +
  `${METHODS.text.join(', ')}; on arrays ${METHODS.array.join(', ')}; Map get, has; Set has; on numbers toFixed, ` +
  'toPrecision; on dates getTime, toISOString, getFullYear and the like; ' +
  `${Object.entries(STATICS)
    .filter(([name]) => name !== 'Math')
    .flatMap(([name, statics]) => statics.map((one) => `${name}.${one}`))
    .join(', ')}, Math.*; ${FUNCTIONS.join(', ')}.`;

/**
 * Why a call is refused whatever its values will be: no built-in that may be called has this name. Undefined where one
 * has; whether the function is that one is known when it is evaluated. `spread`: what the call gives is spread at once.
 */
export function refusedCall(callee: NameNode | MemberNode, spread: boolean): Reason | undefined {
  if (callee.type === 'name') {
    if (FUNCTIONS.includes(callee.name)) return undefined;
    return {
      what: notCalled(callee.name, `${shown(callee.name)}()`),
      instead: advice(callee.name, FUNCTIONS, 'Read the values that it works on.'),
    };
  }
  // Which one it is, only the evaluation knows.
  if (typeof callee.property !== 'string') return undefined;
  const name = callee.property;
  const holder = callee.object.type === 'name' ? callee.object.name : '';
  const statics = Object.hasOwn(STATICS, holder) ? STATICS[holder] : undefined;
  if (statics?.includes(name) || METHOD_NAMES.includes(name)) return undefined;
  if (statics !== undefined) {
    return {
      what: `\`${holder}.${shown(name)}\` is not called`,
      instead: advice(name, statics, `Of ${holder} there are: ${statics.join(', ')}.`),
    };
  }
  if (ITERATORS.includes(name)) return spread ? undefined : notSpread(name);
  if (KNOWN.has(name) && !GLOBALS_INSTEAD.has(holder)) return undefined;
  if (PROPERTIES.has(name)) {
    return { what: `\`${name}\` is a property and not called`, instead: `Write \`.${name}\` without brackets.` };
  }
  return {
    what: notCalled(name, `.${shown(name)}()`),
    instead: advice(name, METHOD_NAMES, 'Read the properties that it works on.'),
  };
}

/** What is often tried is no code of the application; for anything else it is the only safe guess. */
function notCalled(name: string, written: string): string {
  return `\`${written}\` is not called${CALLED_INSTEAD.has(name) ? ' here' : ': it would run code of the application'}`;
}

function notSpread(name: string): Reason {
  return {
    what: `what \`.${name}()\` gives is an iterator, and reading one changes it`,
    instead: `Spread it: \`[...map.${name}()]\`; of an object, \`Object.${name}(object)\`.`,
  };
}

function advice(name: string, near: readonly string[], otherwise: string): string {
  const instead = CALLED_INSTEAD.get(name);
  const meant = instead === undefined ? nearName(name, near) : undefined;
  return `${instead ?? (meant === undefined ? otherwise : `Did you mean \`${meant}\`?`)} ${CALLABLE}`;
}

export function shown(name: string): string {
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH)}...` : name;
}

/** Where an arrow function may stand in the arguments of a call; -1 where it may not. */
export function callbackPosition(callee: NameNode | MemberNode): number {
  if (callee.type !== 'member' || typeof callee.property !== 'string') return -1;
  const isArrayFrom = callee.property === 'from' && callee.object.type === 'name' && callee.object.name === 'Array';
  if (isArrayFrom) return 1;
  return WITH_CALLBACK.includes(callee.property) ? 0 : -1;
}
