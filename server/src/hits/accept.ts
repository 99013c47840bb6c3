import type { Attachment, HitFrame } from '../agents/listener.ts';
import type { Clock } from '../clock.ts';
import type { Meter } from '../meter.ts';
import type { Standstill } from '../standstill.ts';
import type { HitOutcome, Store } from '../store/store.ts';
import type { LateRedactions } from './late-redactions.ts';
import type { Redaction } from './redaction.ts';

export interface HitAcceptanceOptions {
  readonly store: Store;
  readonly redaction: Redaction;
  readonly lateRedactions: Pick<LateRedactions, 'caught'>;
  readonly clock: Clock;
  readonly standstill: Standstill;
  readonly meter: Meter;
}

/** `blocked`: the policy that holds now blocks the file; nothing of the hit was stored. */
export type Acceptance = HitOutcome | { readonly outcome: 'blocked' };
export type AcceptHit = (from: Attachment, frame: HitFrame) => Promise<Acceptance>;

/**
 * Milliseconds that the order to place a probe and a hit of it may have taken on the wire, and the frames before them in
 * the broker. An agent counts the time of a probe from when the order came, and says how long it kept a hit: both are
 * spans, so that no two clocks have to agree.
 */
const ON_THE_WAY = 1_000;

/** Redacts a hit again and stores it, where it counts. Rejects with `StoreUnavailable`: then nothing of it was stored. */
export function createHitAcceptance(options: HitAcceptanceOptions): AcceptHit {
  const { store, redaction, lateRedactions, clock, standstill, meter } = options;
  return async (from, { actionId, epoch, sequence, ageMs = 0, hit: captured }) => {
    const onTheWay = ON_THE_WAY + standstill.delay();
    const pass = await redaction.of(from.organization, from.environment);
    if (pass.blocks(captured.file)) {
      meter.hit('blocked');
      return { outcome: 'blocked' };
    }
    const { hit, caught, late } = pass.hit(captured);
    const receivedAt = clock.now();
    const outcome = await store.actions.acceptHit(from.organization, actionId, {
      runtime: from.runtime,
      epoch,
      sequence,
      hit,
      receivedAt,
      capturedAt: receivedAt - ageMs - onTheWay,
    });
    meter.hit(outcome.outcome);
    // A hit that comes twice would count what it holds twice.
    if (outcome.outcome === 'accepted') {
      for (const kind of caught) meter.redactionCaught(kind);
      lateRedactions.caught(from, late);
    }
    return outcome;
  };
}
