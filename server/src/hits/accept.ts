import type { Attachment, HitFrame } from '../agents/listener.ts';
import type { Clock } from '../clock.ts';
import type { Meter } from '../meter.ts';
import type { HitOutcome, Store } from '../store/store.ts';
import type { Redaction } from './redaction.ts';

export interface HitAcceptanceOptions {
  readonly store: Store;
  readonly redaction: Redaction;
  readonly clock: Clock;
  readonly meter: Meter;
}

export type AcceptHit = (from: Attachment, frame: HitFrame) => Promise<HitOutcome>;

/** Redacts a hit again and stores it, where it counts. Rejects with `StoreUnavailable`: then nothing of it was stored. */
export function createHitAcceptance({ store, redaction, clock, meter }: HitAcceptanceOptions): AcceptHit {
  return async (from, { actionId, epoch, sequence, hit: captured }) => {
    const pass = await redaction.of(from.organization);
    const { hit, caught } = pass.hit(captured);
    const outcome = await store.actions.acceptHit(from.organization, actionId, {
      runtime: from.runtime,
      epoch,
      sequence,
      hit,
      receivedAt: clock.now(),
    });
    meter.hit(outcome.outcome);
    // A hit that comes twice would count what it holds twice.
    if (outcome.outcome === 'accepted') for (const kind of caught) meter.redactionCaught(kind);
    return outcome;
  };
}
