import type { StoredHit } from '../store.ts';
import { fromJson } from './reply.ts';

/** What a hit is stored as; its number is its place in the list. */
type ListedHit = Omit<StoredHit, 'number'>;

export function toText({ runtime, sequence, receivedAt, hit }: ListedHit): string {
  const listed: ListedHit = { runtime, sequence, receivedAt, hit };
  return JSON.stringify(listed);
}

/** Of hits from a place in the list on, counted from 0. */
export function toHits(texts: readonly string[], from: number): StoredHit[] {
  return texts.map((text, index) => ({ number: from + index + 1, ...fromJson<ListedHit>(text) }));
}
