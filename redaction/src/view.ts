import { type Alphabet, alphabetCount } from './alphabet.ts';
import type { IdFormat } from './identifiers/format.ts';
import { codeAt, Integers32, indexOf, most as larger, sliceText, least as smaller } from './intrinsics.ts';
import { DullNames } from './names/dull-names.ts';
import { isInWideName } from './names/fold.ts';
import type { NameMatcher } from './names/name-matcher.ts';
import { type PairRole, pairRole } from './names/pairs.ts';

/** What is remembered of a text so that no line of a manifest is read for each of its keys. */
export interface Manifest {
  /** Where the kind of a secret was seen, and up to where no document has ended since; -1: nowhere. */
  at: number;
  to: number;
  /** Between these the next kind is known: whether it is that of a secret; undefined: none was found up to `end`. */
  from: number;
  end: number;
  ahead: boolean | undefined;
}

/** Keys that are remembered of an object in which a property may name the value of another. */
export const MOST_NAMING = 4;

/** What is remembered of the last keys that may be of a pair, so that nothing between them is read twice. */
export interface SeenPairs {
  /** How many keys that name were seen, ever; the last `MOST_NAMING` are kept in a ring. */
  count: number;
  /** Their operator, their role, and whether the text behind it was read. */
  readonly at: Int32Array;
  readonly role: PairRole[];
  readonly isRead: Int32Array;
  /** The kind by which that text hides a value. */
  readonly kind: (string | undefined)[];
  /** The operator of a key that holds a value and was not named before; -1: none. */
  held: number;
  heldRole: PairRole;
  /** Up to here it is known where objects begin and end, last at `since`; whether it is within quotes. */
  to: number;
  since: number;
  line: number;
  quoted: boolean;
}

function createSeenPairs(): SeenPairs {
  return {
    count: 0,
    at: new Integers32(MOST_NAMING),
    role: [0, 0, 0, 0],
    isRead: new Integers32(MOST_NAMING),
    kind: [undefined, undefined, undefined, undefined],
    held: -1,
    heldRole: 0,
    to: 0,
    since: 0,
    line: 0,
    quoted: false,
  };
}

/** How many texts were opened. */
let texts = 0;

/** Remembered runs are kept in 32 bits: a text is at most some MiB. */
const LARGEST_BASE = 1e9;

/**
 * The text under examination, as rules see it. The last run of each alphabet and the last search are remembered, so that
 * a rule that is asked at every character of one run still costs one pass over it: that is what keeps the whole linear.
 * One view serves a redactor for good, because making one for each short string would cost more than examining it.
 */
export class View {
  readonly names: NameMatcher;
  /** What stands before this index is hidden or has been read: rules do not look back behind it for a beginning. */
  floor = 0;
  /** Behind the last escape (`\\n`, `%20`, a colour of a terminal): a word begins there, whatever it is made of; -1: none. */
  fresh = -1;
  /** Where a command began whose flags are credentials, and up to where it is known to go on; -1: nowhere. */
  command = -1;
  commandTo = 0;
  /** The same of a command with a flag of one letter for its password, and its name. */
  readonly tool: { at: number; to: number; name: string } = { at: -1, to: 0, name: '' };
  /** Where the last JSON Web Key began; -1: nowhere. */
  jwk = -1;
  /** Of the text, among all that were opened: what is remembered elsewhere is of one of them. */
  opened = 0;
  /** Between the second colon of a row of short groups and its last one, where no address begins: see `noteChain`. */
  chainFrom = -1;
  chainTo = -1;
  /** The kinds that were read in the manifests of Kubernetes. */
  readonly manifest: Manifest = { at: -1, to: 0, from: 0, end: 0, ahead: undefined };
  readonly pairs: SeenPairs = createSeenPairs();
  private readonly dull: DullNames;
  private text = '';
  private units = 0;
  private readonly runFrom: Int32Array;
  private readonly runTo: Int32Array;
  /** By alphabet, between which places none of its characters stands. */
  private readonly gapFrom: Int32Array;
  private readonly gapTo: Int32Array;
  /** What the remembered runs of this text are kept above: those of the texts before lie below it. */
  private base = 0;
  private searched = '';
  private foundAt = 0;

  constructor(names: NameMatcher) {
    this.names = names;
    this.dull = new DullNames(names.digitPairs);
    this.runFrom = new Integers32(alphabetCount());
    this.runTo = new Integers32(alphabetCount());
    this.gapFrom = new Integers32(alphabetCount());
    this.gapTo = new Integers32(alphabetCount());
  }

  /** Starts on a text, of which the first `units` UTF-16 code units are looked at. */
  open(text: string, units: number): void {
    this.text = text;
    this.units = units;
    this.opened = ++texts;
    this.floor = 0;
    this.fresh = -1;
    this.command = -1;
    this.tool.at = -1;
    this.jwk = -1;
    this.chainFrom = -1;
    this.chainTo = -1;
    this.manifest.at = -1;
    this.manifest.end = 0;
    this.pairs.count = 0;
    this.pairs.held = -1;
    this.pairs.to = 0;
    this.searched = '';
    if (this.base > LARGEST_BASE) {
      for (let id = 0; id < this.runTo.length; id++) {
        this.runTo[id] = 0;
        this.gapTo[id] = 0;
      }
      this.base = 0;
    }
  }

  /** Lets go of the text, which belongs to the application. */
  close(): void {
    this.base += this.units + 1;
    this.text = '';
    this.units = 0;
  }

  /** Rules look at what stands before this index. */
  get end(): number {
    return this.units;
  }

  /** UTF-16 code unit, or -1 outside. */
  code(index: number): number {
    return index >= 0 && index < this.units ? codeAt(this.text, index) : -1;
  }

  slice(from: number, to: number): string {
    return sliceText(this.text, from, smaller(to, this.units));
  }

  /** `known`: how many characters of `part` are known to stand there. */
  startsWith(part: string, at: number, known = 0): boolean {
    if (at < 0 || at + part.length > this.units) return false;
    for (let index = known; index < part.length; index++) {
      if (codeAt(this.text, at + index) !== codeAt(part, index)) return false;
    }
    return true;
  }

  isIn(alphabet: Alphabet, index: number): boolean {
    if (index < 0 || index >= this.units) return false;
    const code = codeAt(this.text, index);
    return code < 128 && alphabet.has[code] === 1;
  }

  /** The UTF-16 code unit before a word; -1 at the start, and behind an escape, whose letters are none of the word. */
  before(at: number): number {
    return at === this.fresh ? -1 : this.code(at - 1);
  }

  /** Whether a character of the alphabet stands before a word. */
  isBehind(alphabet: Alphabet, at: number): boolean {
    return at !== this.fresh && this.isIn(alphabet, at - 1);
  }

  /** The index of the first of the characters before `to` that are all in the alphabet, at most `most` of them. */
  runStart(alphabet: Alphabet, to: number, most: number): number {
    const least = larger(to - most, this.fresh < to ? larger(this.floor, this.fresh) : this.floor);
    let from = to;
    while (from > least) {
      const code = codeAt(this.text, from - 1);
      if (code >= 128 || alphabet.has[code] !== 1) break;
      from--;
    }
    return from;
  }

  /** The same where letters beyond ASCII count as members; it is asked where one of them stands before `from`. */
  wideRunStart(alphabet: Alphabet, to: number, most: number): number {
    const least = larger(to - most, this.fresh < to ? larger(this.floor, this.fresh) : this.floor);
    let from = to;
    while (from > least) {
      const code = codeAt(this.text, from - 1);
      if (code < 128 ? alphabet.has[code] !== 1 : !isInWideName(code)) break;
      from--;
    }
    return from;
  }

  /** The first index from `from` on whose character is not in the alphabet. */
  runEnd(alphabet: Alphabet, from: number): number {
    const known = (this.runTo[alphabet.id] ?? 0) - this.base;
    if (from < known && from >= (this.runFrom[alphabet.id] ?? 0) - this.base) return known;
    let index = from;
    for (; index < this.units; index++) {
      const code = codeAt(this.text, index);
      if (code >= 128 || alphabet.has[code] !== 1) break;
    }
    this.runFrom[alphabet.id] = from + this.base;
    this.runTo[alphabet.id] = index + this.base;
    return index;
  }

  /** The first index from `from` on and before `to` whose character is in the alphabet; -1 where there is none. */
  firstOf(alphabet: Alphabet, from: number, to: number): number {
    const end = smaller(to, this.units);
    const { id, has } = alphabet;
    const gapFrom = (this.gapFrom[id] ?? 0) - this.base;
    const gapTo = (this.gapTo[id] ?? 0) - this.base;
    const isKnown = from >= gapFrom && from <= gapTo;
    let index = isKnown ? gapTo : from;
    for (; index < end; index++) {
      const code = codeAt(this.text, index);
      if (code < 128 && has[code] === 1) break;
    }
    this.gapFrom[id] = (isKnown ? gapFrom : from) + this.base;
    this.gapTo[id] = index + this.base;
    return index < end ? index : -1;
  }

  /** The first index from `from` on where `part` stands, or -1. Linear as long as one rule searches, for one part. */
  next(part: string, from: number): number {
    if (this.searched === part && (this.foundAt === -1 || this.foundAt >= from)) return this.foundAt;
    const at = indexOf(this.text, part, from);
    this.searched = part;
    this.foundAt = at >= 0 && at + part.length <= this.units ? at : -1;
    return this.foundAt;
  }

  /** The kind by which the name that stands in the text hides a value; see `NameMatcher.kindOf`. */
  nameKind(from: number, to: number): string | undefined {
    return this.names.kindOf(this.text, from, to, true);
  }

  /** Where a name of several words that hides a value begins, of which the last word begins at `from`: `api key`; or -1. */
  phraseStart(from: number, to: number): number {
    if (!this.mayEndPhrase(from, to)) return -1;
    let start = from;
    for (let words = 1; words < MOST_WORDS && codeAt(this.text, start - 1) === SPACE; words++) {
      let before = start - 1;
      while (start - before <= LONGEST_WORD && before > this.floor && isNameUnit(codeAt(this.text, before - 1)))
        before--;
      if (before === start - 1) break;
      start = before;
      if (this.names.phraseKind(this.text, start, to) !== undefined) return start;
    }
    return -1;
  }

  mayEndPhrase(from: number, to: number): boolean {
    return this.names.hasPhrases || endsPhrase(this.text, from, to);
  }

  /** What the key that stands in the text is in a pair of a name and a value; see `PAIR`. */
  pairRole(from: number, to: number): PairRole {
    return pairRole(this.text, from, to);
  }

  /** Where the name begins that ends before `to`, as `runStart` has it; -1 where it is none that is remembered. */
  dullStart(alphabet: Alphabet, to: number): number {
    const least = this.fresh < to ? larger(this.floor, this.fresh) : this.floor;
    return this.dull.read(this.text, alphabet.has, least, to);
  }

  /** Whether nothing is hidden under the name that `dullStart` was asked for last, whatever follows it. */
  isDull(behindSpace: boolean): boolean {
    return this.dull.isKnown(behindSpace);
  }

  /** Remembers that it is so. */
  enterDull(behindSpace: boolean): void {
    this.dull.enter(behindSpace);
  }

  /** What the name that `nameKind` was asked for last tells of its value; see `NameMatcher.told`. */
  nameTold(): readonly IdFormat[] | undefined {
    return this.names.told();
  }

  /** What the words of a label tell of the number behind them; see `NameMatcher.toldIn`. */
  labelTold(from: number, to: number): readonly IdFormat[] | undefined {
    return this.names.toldIn(this.text, from, to);
  }
}

/** Words of a name of several. */
const MOST_WORDS = 5;
const LONGEST_WORD = 24;
const LONGEST_LAST = 6;
const SPACE = 32;

/** What names of several words end with, unless they hide a value by this word alone. */
const LAST_WORDS: readonly string[] = [
  ...['key', 'keys', 'number', 'code', 'phrase', 'passe', 'string', 'answer', 'birth', 'no', 'id'],
];
const LETTERS = 26;
const SMALL_A = 97;
/** By length and first letter: no two are alike in both. */
const BY_BEGINNING = byBeginning();

function byBeginning(): (string | undefined)[] {
  const words: (string | undefined)[] = [];
  for (let slot = 0; slot <= (LONGEST_LAST + 1) * LETTERS; slot++) words[slot] = undefined;
  for (const word of LAST_WORDS) words[word.length * LETTERS + word.charCodeAt(0) - SMALL_A] = word;
  return words;
}

function endsPhrase(text: string, from: number, to: number): boolean {
  const length = to - from;
  const first = (codeAt(text, from) | 32) - SMALL_A;
  if (length > LONGEST_LAST || first < 0 || first >= LETTERS) return false;
  const word = BY_BEGINNING[length * LETTERS + first];
  if (word === undefined) return false;
  for (let index = 1; index < length; index++) {
    if ((codeAt(text, from + index) | 32) !== codeAt(word, index)) return false;
  }
  return true;
}

/** A letter or digit, or what joins words. */
function isNameUnit(code: number): boolean {
  const letter = (code | 32) - 97;
  if (code >= 128) return isInWideName(code);
  return (letter >= 0 && letter < 26) || (code >= 48 && code <= 57) || code === 95 || code === 45 || code === 39;
}
