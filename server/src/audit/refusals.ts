import type { Caller } from '../access/caller.ts';
import type { Log } from '../log.ts';
import { onceAMinute } from '../once-a-minute.ts';
import { actorOf } from './actor.ts';
import type { Audit } from './audit.ts';

/** Codes of errors that refuse what a caller wants, whatever stands behind it. */
const CODES = ['FORBIDDEN', 'BLOCKED_BY_POLICY', 'QUOTA_EXCEEDED'];

/**
 * Kinds of refusals of one organization that are known at once, each by its token, its call and its code; so many entries are written
 * in a minute at most. Of each organization apart: with many tokens one could else keep those of another out of its audit.
 */
const MOST_KINDS = 1_000;

/** What was called: a tool, or a route of the API by its id. */
export type RefusedCall = { readonly tool: string } | { readonly route: string };

/** Calls that were refused, in the audit: once a minute for each token, call and code, so that nobody fills it with them. */
export interface Refusals {
  /** Passes over errors that are no refusal. Never rejects: a refusal that cannot be written is one all the same. */
  told(caller: Caller, call: RefusedCall, error: unknown): Promise<void>;
}

export interface RefusalsOptions {
  readonly audit: Audit;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  readonly log: Log;
}

export function createRefusals({ audit, monotonic, log }: RefusalsOptions): Refusals {
  const turns = new Map<string, ReturnType<typeof onceAMinute>>();

  function turnOf(organization: string): ReturnType<typeof onceAMinute> {
    const turn = turns.get(organization) ?? onceAMinute(monotonic, MOST_KINDS);
    turns.set(organization, turn);
    return turn;
  }

  return {
    async told(caller, call, error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (typeof code !== 'string' || !isRefusal(code)) return;
      const { organization, tokenId } = caller;
      const passedOver = turnOf(organization)(JSON.stringify([tokenId, call, code]));
      if (passedOver === undefined) return;
      const what = { ...call, code, ...(passedOver > 0 && { passed_over: passedOver }) };
      try {
        await audit.record(organization, { act: 'call.refuse', by: actorOf(caller), what });
      } catch (err) {
        log.warn({ err, organization, tokenId, ...what }, 'a refused call is not in the audit');
      }
    },
  };
}

export function isRefusal(code: string): boolean {
  return CODES.includes(code);
}
