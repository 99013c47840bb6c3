import { createHmac, timingSafeEqual } from 'node:crypto';

/** Texts that only this broker could have written, and that say one thing: of whom, and until when. */
export interface Proofs {
  /** For one thing, as long as that exists. */
  of(thing: string): string;
  /** Good until `until`, in milliseconds since the epoch. */
  until(thing: string, until: number): string;
  holds(thing: string, proof: string | null | undefined, now: number): boolean;
}

/** `key`: 32 bytes. */
export function createProofs(key: Buffer): Proofs {
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  const until = (thing: string, time: number) => `${time}.${sign(`${time}.${thing}`)}`;
  return {
    of: (thing) => sign(thing),
    until,
    holds(thing, proof, now) {
      const time = Number(/^(\d{1,15})\./.exec(proof ?? '')?.[1]);
      const expected = Number.isNaN(time) ? sign(thing) : until(thing, time);
      const given = Buffer.from(proof ?? '');
      const same = given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
      return same && !(time <= now);
    },
  };
}
