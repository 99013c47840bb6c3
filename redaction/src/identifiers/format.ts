/** Of a candidate, its letters and digits without what stands between them: 0 to 9, then 10 to 35 for A to Z. */
export type Id = Uint8Array;

/**
 * A number by which a person, a household or a business is known, as the authority that gives it out describes it. In
 * shapes `9` is a digit, `A` a letter, `X` either; what else stands in one stands for itself, so the digits below `9` do.
 */
export interface IdFormat {
  /** Without one it is a `national-id`. */
  readonly kind?: string;
  /** What it is called, with its country (ISO 3166-1). */
  readonly what: string;
  readonly source: string;
  /** Letters and digits only: what it may be under a telling name, however it is separated there. */
  readonly shapes: readonly string[];
  /** As people write it: strong enough, with its check, to be known in any text. Letters are capitals there. */
  readonly anywhere?: readonly string[];
  /** The digits that it begins with there, where that is not any. */
  readonly first?: string;
  /** Names that tell it, in small letters and without separators, with white space between them. */
  readonly names: string;
  /** Asked when the shape fits. `length`: letters and digits. */
  readonly isValid: (id: Id, length: number) => boolean;
}

export const NATIONAL_ID = 'national-id';

/** More letters and digits than any format has. */
export const MOST_CHARACTERS = 44;
