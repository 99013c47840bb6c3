import { BorescopeError } from '../../actions/error.ts';
import type { AdministrationContext } from './api-context.ts';

const HOUR = 60 * 60 * 1000;
/** Addresses of accounts elsewhere that an organization can find in an hour; enough for a list with some that moved. */
const MOST = 30;
const COUNTER = { kind: 'window', name: 'taken-addresses', amount: 1, windowMs: HOUR } as const;

/**
 * Takes one try of an address, and gives the function that gives it back where nothing was learned from it. An address has one
 * account on the whole broker, so that to refuse one tells an admin that somebody elsewhere has it. It is taken ahead, and where
 * none is left all addresses are refused, so that neither many requests at once nor the refusal itself tell of more.
 * Rejects with QUOTA_EXCEEDED, or `StoreUnavailable`. Not for a command: who has the store can read it.
 */
export async function takeAddressTry({ store, caller, now }: AdministrationContext): Promise<() => Promise<void>> {
  const { organization, actor } = caller;
  if (actor.kind === 'command') return async () => undefined;
  const at = now();
  const refusal = await store.quotas.take(organization, [{ ...COUNTER, limit: MOST }], at);
  if (refusal === undefined) {
    return async () => {
      // What cannot be given back counts until the hour ends, and is never given back twice.
      await store.quotas.give(organization, [{ ...COUNTER, at }], now()).catch(() => undefined);
    };
  }
  const wait = Math.max(refusal.retryAt - at, 0);
  throw new BorescopeError(
    'QUOTA_EXCEEDED',
    `in this hour ${MOST} addresses were tried that have an account elsewhere, and no account is made until it ends`,
    `Try again in ${Math.ceil(wait / 1000)} s (${new Date(refusal.retryAt).toISOString()}), or use borescope user where the store is.`,
    { retryAfterMs: wait },
  );
}
