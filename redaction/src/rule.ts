import type { Alphabet } from './alphabet.ts';
import type { Beginnings } from './beginnings.ts';
import type { View } from './view.ts';

/**
 * Part of a text that has to be hidden. `kind` overrides the rule's. An empty one hides nothing: it says that the rule
 * has read the text up to there, so that no rule reads it again.
 */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind?: string;
}

/**
 * One thing that is personal or secret, and how it is found. The engine knows nothing but this shape: a new family is a
 * new file and a line in `rules/table.ts`.
 */
export interface Rule {
  readonly kind: string;
  /** What is hidden, in words for the documentation. */
  readonly what: string;
  /** The specification or vendor documentation that the format is taken from. */
  readonly source: string;
  /**
   * Where the rule is asked, in exactly this spelling: a punctuation character, wherever it stands, also with what
   * follows it, or the first characters of a word (behind anything that is not a letter or digit).
   */
  readonly anchors: readonly string[];
  /** Asked only where one of these stands before the anchor: for anchors that are frequent and rarely mean anything. */
  readonly behind?: Alphabet;
  /** Asked only where one of these follows the anchor. */
  readonly followed?: Alphabet;
  /** Asked only where a letter or digit stands so many units behind the first one of the anchor. */
  readonly ahead?: number;
  /** Asked only where the first unit of the anchor stands again so many units behind itself. */
  readonly again?: number;
  /**
   * Letters and digits that a word has at least: for a shorter one the rule is not asked. Its anchors are then single
   * letters and digits.
   */
  readonly shortest?: number;
  /**
   * Where it is asked besides: words that begin with such a run of digits or of capitals. Before all rules with anchors.
   * Called once, at the first text: it may run nothing that the application may have replaced.
   */
  readonly beginnings?: () => Beginnings;
  /** The values can be guessed by going through all of them: they get no pseudonym. */
  readonly enumerable?: boolean;
  /**
   * Asked with the index of an anchor, or of a word with the slot of its beginning. It may look back over a bounded number of characters, and forward through the
   * view's remembered runs and searches or over what it then hides: nothing else keeps the redactor linear.
   */
  readonly match: (view: View, at: number, slot: number) => readonly Span[] | undefined;
}
