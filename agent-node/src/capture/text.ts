import { type CapturedValue, LIMITS } from '@borescope/agent-protocol';
import type { RedactedText } from '@borescope/redaction';
import { headLength, jsonBytes } from './json-bytes.ts';
import { isNaNumber, sliceText } from './primordials.ts';
import { withoutPseudonyms } from './pseudonyms.ts';
import { countKind, hidden, type Walk } from './walk.ts';

/**
 * UTF-16 code units. A text that was put together of parts is copied before any of it can be read, 0.6 ms for a million:
 * of one that is longer, only the length is told.
 */
const MOST_READ = 16 * 1024 * 1024;
const MAX_BIGINT = 1n << 16384n;

/** A string: redacted first, then cut. The redactor looks as far behind the cut as it needs to. */
export function textNode(walk: Walk, text: string): CapturedValue {
  const { length } = text;
  if (length > MOST_READ) {
    walk.cost = 44;
    return { type: 'string', value: '', length };
  }
  const found = walk.memory.redactor.text(text, LIMITS.stringLength);
  let shown = text;
  if (found !== undefined) {
    const only = found.whole ? found.findings[0] : undefined;
    if (only !== undefined) return hidden(walk, only);
    shown = foundText(walk, found);
  }
  if (shown.length <= LIMITS.stringLength && length <= LIMITS.stringLength) {
    walk.cost = 26 + jsonBytes(shown);
    return { type: 'string', value: shown };
  }
  shown = sliceText(shown, 0, headLength(shown, LIMITS.stringLength));
  walk.cost = 44 + jsonBytes(shown);
  return { type: 'string', value: shown, length };
}

/** A text that has no node of its own, such as the message of an error; cut to `limit`, told by an ellipsis. */
export function plainText(walk: Walk, text: string, limit: number): string {
  if (text.length > MOST_READ) return '…';
  return cutText(walk, text, walk.memory.redactor.text(text, limit), limit);
}

/** The same for what is of the code, or of ours, and no value. */
export function labelText(walk: Walk, text: string, limit: number): string {
  return cutText(walk, text, walk.memory.redactor.label(text, limit), limit);
}

function cutText(walk: Walk, text: string, found: RedactedText | undefined, limit: number): string {
  const shown = found === undefined ? text : foundText(walk, found);
  const cut = shown.length > limit || text.length > limit;
  return cut ? `${sliceText(shown, 0, headLength(shown, limit - 1))}…` : shown;
}

/** Counts what was found, and gives the text with the placeholders. */
function foundText(walk: Walk, found: RedactedText): string {
  const { findings } = found;
  for (let i = 0; i < findings.length; i++) countKind(walk, findings[i]?.kind ?? '');
  return walk.unlinked ? withoutPseudonyms(found) : found.text;
}

export function numberNode(walk: Walk, value: number): CapturedValue {
  const found = walk.memory.redactor.number(value);
  if (found !== undefined) return hidden(walk, found);
  // The longest number in JSON has 25 characters, as -1.7976931348623157e+308.
  walk.cost = 28 + ((value | 0) === value && value >= 0 && value < 1e6 ? 6 : 25);
  if (isNaNumber(value)) return { type: 'number', value: 'NaN' };
  if (value === 1 / 0) return { type: 'number', value: 'Infinity' };
  if (value === -1 / 0) return { type: 'number', value: '-Infinity' };
  if (value === 0 && 1 / value < 0) return { type: 'number', value: '-0' };
  return { type: 'number', value };
}

/** Decimal digits. Beyond 16,384 bits making them would take milliseconds, so that only its being too long is told. */
export function bigintNode(walk: Walk, value: bigint): CapturedValue {
  walk.cost = 64;
  if (value >= MAX_BIGINT || value <= -MAX_BIGINT) return { type: 'truncated', reason: 'size', class: 'bigint' };
  const found = walk.memory.redactor.number(value);
  if (found !== undefined) return hidden(walk, found);
  const digits = `${value}`;
  const count = value < 0n ? digits.length - 1 : digits.length;
  if (digits.length <= LIMITS.stringLength) {
    walk.cost = 30 + digits.length;
    return { type: 'bigint', value: digits };
  }
  walk.cost = 50 + LIMITS.stringLength;
  return { type: 'bigint', value: sliceText(digits, 0, LIMITS.stringLength), digits: count };
}
