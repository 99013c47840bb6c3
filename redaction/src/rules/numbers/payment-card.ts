import { ALNUM, alphabet, DIGIT } from '../../alphabet.ts';
import { type Beginnings, createBeginnings, FOLLOWER, slotOf } from '../../beginnings.ts';
import { Bytes, codeAt, Integers32, isSafeInteger, toText } from '../../intrinsics.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';

export const PAYMENT_CARD = 'payment-card';

/** Issuer ranges: first digits from `low` to `high`, and the total lengths that the scheme gives out. */
interface Issuer {
  readonly scheme: string;
  readonly low: number;
  readonly high: number;
  readonly lengths: readonly number[];
}

const LONG = [16, 17, 18, 19];
const MAESTRO = [12, 13, 14, 15, 16, 17, 18, 19];

/** ISO/IEC 7812-1 issuer identification numbers, as the schemes publish them. `low` and `high` have equally many digits. */
const ISSUERS: readonly Issuer[] = [
  { scheme: 'Visa', low: 4, high: 4, lengths: [13, 16, 19] },
  { scheme: 'Mastercard', low: 51, high: 55, lengths: [16] },
  { scheme: 'Mastercard', low: 2221, high: 2720, lengths: [16] },
  { scheme: 'American Express', low: 34, high: 34, lengths: [15] },
  { scheme: 'American Express', low: 37, high: 37, lengths: [15] },
  { scheme: 'Discover', low: 6011, high: 6011, lengths: LONG },
  { scheme: 'Discover', low: 644, high: 649, lengths: LONG },
  { scheme: 'Discover, RuPay', low: 65, high: 65, lengths: LONG },
  { scheme: 'UnionPay', low: 62, high: 62, lengths: LONG },
  { scheme: 'UnionPay, RuPay', low: 81, high: 82, lengths: LONG },
  { scheme: 'JCB', low: 3528, high: 3589, lengths: LONG },
  { scheme: 'Diners Club', low: 300, high: 305, lengths: [14, 16, 17, 18, 19] },
  { scheme: 'Diners Club', low: 3095, high: 3095, lengths: [14, 16, 17, 18, 19] },
  { scheme: 'Diners Club', low: 36, high: 36, lengths: [14, 16, 17, 18, 19] },
  { scheme: 'Diners Club', low: 38, high: 39, lengths: [14, 16, 17, 18, 19] },
  { scheme: 'Mir', low: 2200, high: 2204, lengths: LONG },
  { scheme: 'RuPay', low: 508, high: 508, lengths: [16] },
  { scheme: 'RuPay', low: 60, high: 60, lengths: [16] },
  { scheme: 'Maestro, Elo, Verve, Dankort', low: 50, high: 50, lengths: LONG },
  { scheme: 'Maestro', low: 56, high: 58, lengths: LONG },
  { scheme: 'Maestro, InterPayment, InstaPayment, Solo, Laser', low: 6, high: 6, lengths: LONG },
  { scheme: 'UATP', low: 1, high: 1, lengths: [15] },
  { scheme: 'JCB', low: 2131, high: 2131, lengths: [15] },
  { scheme: 'BORICA', low: 2205, high: 2205, lengths: [16] },
  { scheme: 'LankaPay', low: 3571, high: 3571, lengths: [16] },
  { scheme: 'UzCard', low: 8600, high: 8600, lengths: [16] },
  { scheme: 'Napas', low: 9704, high: 9704, lengths: [16, 19] },
  { scheme: 'Troy', low: 9792, high: 9792, lengths: [16] },
  { scheme: 'Humo', low: 9860, high: 9860, lengths: [16] },
  { scheme: 'DinaCard', low: 9891, high: 9891, lengths: [16] },
  { scheme: 'Maestro', low: 5018, high: 5018, lengths: MAESTRO },
  { scheme: 'Maestro', low: 5020, high: 5020, lengths: MAESTRO },
  { scheme: 'Maestro', low: 5038, high: 5038, lengths: MAESTRO },
  { scheme: 'Maestro', low: 5893, high: 5893, lengths: MAESTRO },
  { scheme: 'Maestro', low: 6304, high: 6304, lengths: MAESTRO },
  { scheme: 'Maestro', low: 6759, high: 6759, lengths: MAESTRO },
  { scheme: 'Maestro', low: 6761, high: 6763, lengths: MAESTRO },
];

/**
 * How cards are printed and typed: 4-4-4-4, with a rest of 1 to 3 (19 digits), 4-6-5 (American Express), 4-6-4 (Diners
 * Club), 4-5-6 (UATP), and what a field that parts every four makes of shorter ones.
 */
const GROUPINGS: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 1],
  [4, 4, 4, 4],
  [4, 4, 4, 3],
  [4, 4, 4, 2],
  [4, 4, 4, 1],
  [4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 5, 6],
];

/** A size takes so many bits of a code. */
const SIZE_BITS = 3;
/** By grouping its sizes, the first in the lowest bits, and the bits that they take. */
const CODES = new Integers32(GROUPINGS.length);
const MASKS = new Integers32(GROUPINGS.length);
for (let index = 0; index < GROUPINGS.length; index++) {
  const grouping = GROUPINGS[index] ?? [];
  CODES[index] = codeOf(grouping, grouping.length);
  MASKS[index] = (1 << (grouping.length * SIZE_BITS)) - 1;
}

function codeOf(groups: readonly number[], count: number): number {
  let code = 0;
  for (let group = count - 1; group >= 0; group--) code = (code << SIZE_BITS) | (groups[group] ?? 0);
  return code;
}

/** Of the issuers above. */
const FIRST = alphabet('12345689');

const SHORTEST = 12;
const LONGEST = 19;
const MOST_GROUPS = 5;
/** One digit more than a group has. */
const TOO_WIDE = 7;
const UATP_DIGITS = 15;

/** Digits in every place, and in those of a grouped number but for the separator behind its first four. */
const ALL_DIGITS = 0x111111;
const GROUPED = 0x111141;

export const paymentCard: Rule = {
  kind: PAYMENT_CARD,
  what: 'Payment card numbers: issuer range, length and Luhn check digit; with spaces, dashes, dots or the like; also as numbers',
  source: 'ISO/IEC 7812-1 (issuer identification, annex B: Luhn formula)',
  anchors: [],
  beginnings,
  enumerable: true,
  match: cardAt,
};

function cardAt(view: View, at: number): readonly Span[] | undefined {
  if (!view.isIn(FIRST, at)) return undefined;
  const before = view.before(at);
  // A fraction, an international phone number, a part of an identifier.
  if (before === PLUS || before === UNDERSCORE || isLetterBeyond(before)) return undefined;
  if (before === DOT && view.isIn(DIGIT, at - 2)) return undefined;
  const runEnd = view.runEnd(DIGIT, at);
  const length = runEnd - at;
  if (length === 4) return grouped(view, at, runEnd, before);
  if (length < SHORTEST || length > LONGEST || (view.code(at) === ONE && length !== UATP_DIGITS)) return undefined;
  known = 0;
  return isFree(view, runEnd) && isCard(readDigits(view, at, runEnd, 0)) ? [{ from: at, to: runEnd }] : undefined;
}

/** Most numbers are neither as long as a card nor as its first group. */
function beginnings(): Beginnings {
  const digits = createBeginnings();
  for (let next: number = FOLLOWER.other; next <= FOLLOWER.closing; next++) {
    for (let run = SHORTEST; run <= LONGEST; run++) digits[slotOf(run, next)] = ALL_DIGITS;
  }
  // An underscore, `%20` and what typographers set are among the others.
  digits[slotOf(4, FOLLOWER.other)] = GROUPED;
  digits[slotOf(4, FOLLOWER.plus)] = GROUPED;
  digits[slotOf(4, FOLLOWER.space)] = GROUPED;
  digits[slotOf(4, FOLLOWER.dash)] = GROUPED;
  digits[slotOf(4, FOLLOWER.dot)] = GROUPED;
  return { digits };
}

function grouped(view: View, at: number, firstEnd: number, before: number): readonly Span[] | undefined {
  const separator = view.code(firstEnd);
  const width = separatorWidth(view, firstEnd);
  // A date, a short number: every grouping goes on with four digits.
  if (width === 0 || !view.isIn(DIGIT, firstEnd + width + 3) || !view.isIn(DIGIT, firstEnd + width + 2))
    return undefined;
  // The tail of a longer dashed thing, such as a UUID.
  if (separator === DASH && before === DASH) return undefined;
  const count = readGroups(view, at, separator);
  const code = codeOf(sizes, count);
  for (let index = 0; index < GROUPINGS.length; index++) {
    const grouping = GROUPINGS[index];
    // A grouping of fewer groups is the head of the code.
    if (grouping === undefined || ((code ^ (CODES[index] ?? 0)) & (MASKS[index] ?? 0)) !== 0) continue;
    const end = ends[grouping.length - 1] ?? 0;
    if (!isFree(view, end) || (separator === DASH && view.code(end) === DASH)) continue;
    // Fewer groups of four than there are.
    if (grouping[2] === 4 && grouping[3] !== 4 && view.code(end) === separator && isNextGroup(view, end)) continue;
    if (isCard(totals[grouping.length - 1] ?? 0)) return [{ from: at, to: end }];
  }
  return undefined;
}

/** Scratch of one call: the digits, and by group its size, where it ends, and how many digits there are up to there. */
const digits = new Bytes(MOST_GROUPS * TOO_WIDE);
const sizes: number[] = [0, 0, 0, 0, 0];
const ends: number[] = [0, 0, 0, 0, 0];
const totals: number[] = [0, 0, 0, 0, 0];

/** What they are of: a text, its groups with a separator, where the second of them begins, and how many they are. */
let opened = -1;
let separatedBy = -1;
let second = -1;
let known = 0;

/** How many groups stand there. In a row of numbers each is asked for, and read once. */
function readGroups(view: View, at: number, separator: number): number {
  const goesOn = known > 1 && at === second && separator === separatedBy && view.opened === opened;
  const isComplete = goesOn && known < MOST_GROUPS;
  let group = goesOn ? dropFirst() : 0;
  opened = view.opened;
  separatedBy = separator;
  let index = group > 0 ? (ends[group - 1] ?? at) : at;
  let total = group > 0 ? (totals[group - 1] ?? 0) : 0;
  for (; !isComplete && group < MOST_GROUPS; group++) {
    if (group > 0) {
      if (view.code(index) !== separator) break;
      index += separatorWidth(view, index);
    }
    const from = index;
    while (index - from < TOO_WIDE && view.isIn(DIGIT, index)) index++;
    if (index === from) break;
    total = readDigits(view, from, index, total);
    sizes[group] = index - from;
    ends[group] = index;
    totals[group] = total;
  }
  known = group;
  second = group > 1 ? (ends[1] ?? 0) - (sizes[1] ?? 0) : -1;
  return group;
}

/** The groups without the first; how many they are. */
function dropFirst(): number {
  const dropped = sizes[0] ?? 0;
  const left = known - 1;
  const most = (totals[left] ?? 0) - dropped;
  for (let index = 0; index < most; index++) digits[index] = digits[index + dropped] ?? 0;
  for (let group = 0; group < left; group++) {
    sizes[group] = sizes[group + 1] ?? 0;
    ends[group] = ends[group + 1] ?? 0;
    totals[group] = (totals[group + 1] ?? 0) - dropped;
  }
  return left;
}

/** How many digits there are with these. */
function readDigits(view: View, from: number, to: number, before: number): number {
  for (let index = from; index < to; index++) digits[before + index - from] = view.code(index) - 48;
  return before + to - from;
}

function isNextGroup(view: View, end: number): boolean {
  return view.isIn(DIGIT, end + separatorWidth(view, end));
}

/** Characters of a separator; 0: none stands there. A form has a plus or `%20` for a space, source code an underscore. */
function separatorWidth(view: View, at: number): number {
  const code = view.code(at);
  if (code === PERCENT) return view.startsWith('20', at + 1) ? 3 : 0;
  const isPlain = code === SPACE || code === DASH || code === DOT || code === UNDERSCORE || code === PLUS;
  // No-break, thin and narrow spaces; hyphens and dashes of typographers.
  return isPlain || code === 0xa0 || code === 0x2009 || code === 0x202f || (code >= 0x2010 && code <= 0x2013) ? 1 : 0;
}

/** No word, and no fraction, goes on here; but a bigint is written with an `n`, and a table of numbers with `.0`. */
function isFree(view: View, end: number): boolean {
  const next = view.code(end);
  if (next === LETTER_N) return !view.isIn(ALNUM, end + 1) && view.code(end + 1) !== UNDERSCORE;
  if (next === UNDERSCORE || view.isIn(ALNUM, end)) return false;
  if (next !== DOT || !view.isIn(DIGIT, end + 1)) return true;
  let zero = end + 1;
  while (zero - end < 4 && view.code(zero) === ZERO) zero++;
  return !view.isIn(DIGIT, zero) && !(view.code(zero) === DOT);
}

/** Of a word in Latin, Greek, Cyrillic...; other scripts part no words by spaces. */
export function isLetterBeyond(code: number): boolean {
  return code >= 0xc0 && code < 0x2000;
}

/** The first so many digits that were read. Luhn from the right: every second digit counts double. */
function isCard(length: number): boolean {
  let sum = 0;
  for (let index = length - 1, place = 0; index >= 0; index--, place++) {
    const digit = digits[index] ?? 0;
    const counted = place % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  if (sum % 10 !== 0) return false;
  let lead = 0;
  for (let index = 0; index < 4; index++) lead = lead * 10 + (digits[index] ?? 0);
  return isIssued(lead, length);
}

/** `lead`: the first four digits. */
function isIssued(lead: number, length: number): boolean {
  for (let index = 0; index < ISSUERS.length; index++) {
    const issuer = ISSUERS[index];
    if (issuer === undefined) continue;
    const scale = issuer.low < 10 ? 1000 : issuer.low < 100 ? 100 : issuer.low < 1000 ? 10 : 1;
    if (lead < issuer.low * scale || lead >= (issuer.high + 1) * scale) continue;
    for (let each = 0; each < issuer.lengths.length; each++) if (issuer.lengths[each] === length) return true;
  }
  return false;
}

/** One digit more than the longest number has. */
const TOO_LONG = 10_000_000_000_000_000_000n;

/** A card number that was kept as a number, whatever its sign. Above 2^53 a `number` has lost digits, and is none. */
export function isCardNumber(signed: number | bigint): boolean {
  if (typeof signed === 'number') {
    if (!(signed >= 1e11 || signed <= -1e11) || !isSafeInteger(signed)) return false;
    // Before the sign is taken away: that copies a bigint, however long.
  } else if (signed >= TOO_LONG || signed <= -TOO_LONG) return false;
  const value = signed < 0 ? -signed : signed;
  if (value < 1e11) return false;
  const digits = toText(value);
  let sum = 0;
  for (let index = digits.length - 1, place = 0; index >= 0; index--, place++) {
    const digit = codeAt(digits, index) - 48;
    const counted = place % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  if (sum % 10 !== 0) return false;
  let lead = 0;
  for (let index = 0; index < 4; index++) lead = lead * 10 + codeAt(digits, index) - 48;
  return isIssued(lead, digits.length);
}

const SPACE = 32;
const PERCENT = 37;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const ONE = 49;
const UNDERSCORE = 95;
const LETTER_N = 110;
