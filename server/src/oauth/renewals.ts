import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { DocumentStore, StoredDocument } from '../store/document-store.ts';
import { digest } from './digest.ts';
import type { Sealing } from './sealing.ts';

/** The answer to a renewal (RFC 6749, 5.1). */
export const renewed = z.looseObject({ access_token: z.string(), refresh_token: z.string() });
export type Renewed = z.infer<typeof renewed>;

export interface Renewal {
  /** The refresh token that is shown. */
  readonly token: string;
  /** All else that the client sends: only the very same request is answered as the first. */
  readonly rest: string;
}

/**
 * Windows of one application keep one refresh token, find at the same moment that the hour is over, and renew it all. The first
 * gets what the provider gives; the others get the same answer, and not the end of the sign-in. That is over after half a
 * minute, and as soon as somebody has renewed what was given: then a token that comes again was stolen (RFC 9700, 4.14).
 */
export interface Renewals {
  /** `renew` asks the provider: undefined where it refuses. */
  once(renewal: Renewal, renew: () => Promise<Renewed | undefined>): Promise<Renewed | undefined>;
}

export interface RenewalsOptions {
  readonly documents: DocumentStore;
  readonly sealing: Sealing;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const ORGANIZATION = '@oauth';
/** By the token that is renewed; and by the one that is given, which names the former. */
const ANSWER = 'Renewal';
const ORIGIN = 'RenewalOf';
/** Milliseconds. */
const HOLDS = 30_000;
/** Milliseconds between two looks for the answer of who came first, and how many there are. */
const LOOK_EVERY = 50;
const MOST_LOOKS = 100;

const sealedValue = z.object({ sealed: z.string() });
const entry = z.object({ rest: z.string(), answer: renewed.optional() });

export function createRenewals({ documents, sealing, clock }: RenewalsOptions): Renewals {
  function put(kind: string, id: string, value: unknown, expected: number): Promise<StoredDocument | undefined> {
    const sealed = { sealed: sealing.seal(`${kind}:${id}`, value) };
    return documents.put(ORGANIZATION, kind, { id, value: sealed, expiresAt: clock() + HOLDS }, expected);
  }

  async function read(kind: string, id: string): Promise<unknown> {
    const found = await documents.get(ORGANIZATION, kind, id);
    return found && sealing.open(`${kind}:${id}`, sealedValue.parse(found.value).sealed);
  }

  /** What the first was given; undefined where it was refused, or something else was asked. */
  async function answerOf(id: string, rest: string): Promise<Renewed | undefined> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const found = entry.optional().parse(await read(ANSWER, id));
      if (found?.rest !== rest) return undefined;
      if (found.answer !== undefined) return found.answer;
      await wait(LOOK_EVERY);
    }
    return undefined;
  }

  /** Whoever renews this token has the answer by which it was given: that is given to nobody any more. */
  async function endOrigin(id: string): Promise<void> {
    const origin = z
      .string()
      .optional()
      .parse(await read(ORIGIN, id));
    if (origin !== undefined) await documents.remove(ORGANIZATION, ANSWER, origin);
  }

  return {
    async once({ token, rest }, renew) {
      const id = digest(token);
      const first = await put(ANSWER, id, { rest: digest(rest) }, 0);
      if (first === undefined) return (await answerOf(id, digest(rest))) ?? renew();
      let answer: Renewed | undefined;
      try {
        answer = await renew();
        if (answer === undefined) return undefined;
        await put(ORIGIN, digest(answer.refresh_token), id, 0);
        await put(ANSWER, id, { rest: digest(rest), answer }, first.version);
        await endOrigin(id);
        return answer;
      } finally {
        // Those who wait for it ask the provider themselves.
        if (answer === undefined) await documents.remove(ORGANIZATION, ANSWER, id, first.version);
      }
    },
  };
}
