import { Bytes, codeAt, Integers32, type Memo } from './intrinsics.ts';
import { kindEnd, placeholderEnd } from './placeholder.ts';
import { addSpan, type Caught } from './spans.ts';
import { hideRest } from './unexamined.ts';

/** The kind of an organization's own texts, which are hidden wherever they stand. */
export const POLICY_LITERAL = 'policy-literal';

/** Finds the literals in the first `end` units of a text; undefined where there is none. */
export type LiteralFinder = (text: string, end: number) => Caught[] | undefined;

/** A pseudonym with its colon and the bracket behind it: eight characters, and some more of an agent that is not ours. */
const LONGEST_PSEUDONYM = 12;
const OPENING = 91;
const ABSENT = -1;

/**
 * All literals in one pass, whatever they have in common: the automaton of A. V. Aho and M. J. Corasick, "Efficient String
 * Matching: An Aid to Bibliographic Search", CACM 18 (1975). Texts are compared unit by unit, as they are. States are
 * made level by level, so that the failure of each leads to one that is complete.
 */
export function createLiteralFinder(literals: readonly string[], kinds: Memo): LiteralFinder | undefined {
  let units = 0;
  let longest = 0;
  for (let index = 0; index < literals.length; index++) {
    const { length } = literals[index] ?? '';
    units += length;
    if (length > longest) longest = length;
  }
  if (units === 0) return undefined;
  const edges = createEdges(units);
  const failures = new Integers32(units + 1);
  /** How long the longest literal is that ends in a state; 0 where none does. */
  const lengths = new Integers32(units + 1);
  /** What a literal may begin with, by the low bits: nearly every unit of a text ends here. */
  const begins = new Bytes(256);
  const reached = new Integers32(literals.length);
  let states = 1;

  function next(state: number, unit: number): number {
    for (let from = state; ; from = failures[from] ?? 0) {
      const to = edges.target(from, unit);
      if (to !== ABSENT) return to;
      if (from === 0) return 0;
    }
  }

  for (let level = 0; level < longest; level++) {
    for (let index = 0; index < literals.length; index++) {
      const literal = literals[index] ?? '';
      if (level >= literal.length) continue;
      const unit = codeAt(literal, level);
      const before = reached[index] ?? 0;
      let state = edges.target(before, unit);
      if (state === ABSENT) {
        state = states++;
        edges.connect(before, unit, state);
        if (before === 0) begins[unit & 255] = 1;
        const failure = before === 0 ? 0 : next(failures[before] ?? 0, unit);
        failures[state] = failure;
        lengths[state] = lengths[failure] ?? 0;
      }
      reached[index] = state;
      if (level === literal.length - 1) lengths[state] = literal.length;
    }
  }

  return (text, end) => {
    let caught: Caught[] | undefined;
    let state = 0;
    for (let at = 0; at < end; at++) {
      const unit = codeAt(text, at);
      if (unit === OPENING) {
        // What was hidden once stays as it is, though its kind may be a word of the organization. What only looks so does not.
        const behind = placeholderEnd(text, at, end);
        const kindTo = behind < 0 ? -1 : kindEnd(text, at, behind, kinds);
        if (kindTo > 0) {
          state = 0;
          at = (behind - kindTo > LONGEST_PSEUDONYM ? kindTo : behind) - 1;
          continue;
        }
      }
      if (state === 0 && begins[unit & 255] === 0) continue;
      state = next(state, unit);
      const length = lengths[state] ?? 0;
      if (length === 0) continue;
      caught ??= [];
      addSpan(caught, { from: at + 1 - length, to: at + 1, kind: POLICY_LITERAL });
      if (hideRest(caught, end)) break;
    }
    return caught;
  };
}

interface Edges {
  target(state: number, unit: number): number;
  connect(state: number, unit: number, to: number): void;
}

/** Open addressing; at most as many edges as there are units in all literals, and the table is at most half full. */
function createEdges(most: number): Edges {
  let size = 16;
  while (size < most * 2) size *= 2;
  const mask = size - 1;
  const keys = new Integers32(size);
  const targets = new Integers32(size);

  function slotOf(key: number): number {
    let slot = (key ^ (key >>> 11)) & mask;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  /** Never 0, which is an empty slot: no edge leads back to the root. */
  function keyOf(state: number, unit: number): number {
    return (state * 0x10000 + unit + 1) | 0;
  }

  return {
    target(state, unit) {
      const slot = slotOf(keyOf(state, unit));
      return keys[slot] === 0 ? ABSENT : (targets[slot] ?? ABSENT);
    },
    connect(state, unit, to) {
      const key = keyOf(state, unit);
      const slot = slotOf(key);
      keys[slot] = key;
      targets[slot] = to;
    },
  };
}
