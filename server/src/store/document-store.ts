import type { WriteOptions } from './write-options.ts';

/** JSON, as it is stored. What is read is checked by who knows its kind. */
export type DocumentValue = { readonly [name: string]: unknown };

/**
 * Whose the documents are that brokers make for themselves when they start for the first time: a store in which there is
 * nothing else is one that nobody has used yet.
 */
export const OF_BROKERS = '@broker';

/** A small record of one kind that changes seldom: a user, a policy, an approval, a step of a sign-in. */
export interface StoredDocument {
  readonly id: string;
  readonly value: DocumentValue;
  /** 1, 2, 3... with each change; begins anew after it was removed. */
  readonly version: number;
  /** Milliseconds since the epoch, after which it is not there any more. */
  readonly expiresAt?: number;
}

/**
 * What an organization has few of. Every change names the version that it was made from, so that of two who change the same
 * one is told so and nothing is lost. A document that has expired does not exist for any function, whether or not its room
 * was given back already.
 */
export interface DocumentStore {
  get(organization: string, kind: string, id: string): Promise<StoredDocument | undefined>;
  /** In the order of their ids, from behind `after`. */
  list(
    organization: string,
    kind: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<StoredDocument[]>;
  /**
   * Writes the document, in one step with the look at its version. `expected`: the version that is there, 0 where there is
   * none. Undefined, and nothing is written, where it is another.
   */
  put(
    organization: string,
    kind: string,
    document: { readonly id: string; readonly value: DocumentValue; readonly expiresAt?: number },
    expected: number,
    options?: WriteOptions,
  ): Promise<StoredDocument | undefined>;
  /** False where there was none, or `expected` is given and another version is there. */
  remove(organization: string, kind: string, id: string, expected?: number): Promise<boolean>;
  /** Gives back the room of a bounded batch that has expired, over all organizations; 0 where nothing is left to do. */
  expire(now: number): Promise<number>;
}
