import type { CapturedValue } from '@borescope/agent-protocol';
import {
  BLOCKED_CLASS,
  BYTES,
  POLICY_NAME,
  type RedactionMode,
  STRICT,
  TERM_GROUPS,
  UNEXAMINED,
  URL_CREDENTIALS,
} from '@borescope/redaction';

type Mark = Extract<CapturedValue, { type: 'redacted' }>;

const KIND = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Eight characters of base64url by the agent for Node; others may take more, and never as many as a secret has. */
const PSEUDONYM = /^[\w-]{1,16}$/;
const TYPES = new Set([
  ...['string', 'number', 'bigint', 'boolean', 'symbol', 'function', 'object', 'undefined'],
  // What an expression has made of something hidden.
  'unknown',
]);

/** Kinds that tell of the place of a value, and nothing of the value itself: an agent gives no others where it hides all. */
const OF_THE_PLACE: ReadonlySet<string> = new Set([
  ...TERM_GROUPS.flatMap(({ kind }) => kind ?? []),
  ...[POLICY_NAME, STRICT, BYTES, URL_CREDENTIALS, BLOCKED_CLASS, UNEXAMINED, 'redaction-failed'],
]);

/** Whether an agent may say this of what it has hidden: one that is not ours could put the value itself there. */
export function isMark({ kind, of, length = 0, pseudonym }: Mark): boolean {
  return (
    KIND.test(kind) && TYPES.has(of) && isLengthClass(length) && (pseudonym === undefined || PSEUDONYM.test(pseudonym))
  );
}

/** Whether it tells more than types and length classes: of an agent that does not hide all, or not yet. */
export function tellsMore({ kind, pseudonym }: Mark): boolean {
  return pseudonym !== undefined || !OF_THE_PLACE.has(kind);
}

/** The kinds that a hit may list of what its agent has hidden; the same list where it may list all of them. */
export function kindsTold(kinds: readonly string[], mode: RedactionMode): readonly string[] {
  if (kinds.every((kind) => kindTold(kind, mode) === kind)) return kinds;
  return kinds.flatMap((kind) => kindTold(kind, mode) ?? []);
}

function kindTold(kind: string, mode: RedactionMode): string | undefined {
  if (!KIND.test(kind)) return undefined;
  return mode === 'strict' && !OF_THE_PLACE.has(kind) ? STRICT : kind;
}

function isLengthClass(length: number): boolean {
  return length === 0 || Number.isInteger(Math.log2(length));
}
