import type { Passing, Verdict } from './fault-proxy.ts';
import type { Site } from './site.ts';

/** Hits of each action whose steps are hit by a fault: a first, one between, a last. */
export const STEP_HITS = 3;

/** Which frame it is, and what is lost of the step with it. */
interface Step {
  readonly name: string;
  readonly proxy: 'wire' | 'door';
  readonly matches: (passing: Passing) => boolean;
}

const isHit =
  (sequence: number) =>
  ({ type, text }: Passing) =>
    type === 'hit' && text.includes(`"sequence":${sequence},"hit"`);

const isAck =
  (sequence: number) =>
  ({ type, text }: Passing) =>
    type === 'ack' && text.includes(`"sequence":${sequence}}`);

/** The life of an action, in order. A fault comes when the frame is there and before it is passed on. */
export const STEPS: readonly Step[] = [
  {
    name: 'enqueue: the answer that names the action is lost',
    proxy: 'door',
    matches: ({ direction, text }) => direction === 'to-client' && text.includes('"max_hits"'),
  },
  { name: 'dispatch: the order to place the probe is lost', proxy: 'wire', matches: ({ type }) => type === 'arm' },
  { name: 'ack: the word that the probe is in place is lost', proxy: 'wire', matches: ({ type }) => type === 'armed' },
  { name: 'first hit: it is lost on its way', proxy: 'wire', matches: isHit(1) },
  { name: 'store: the first hit is stored, its acknowledgement is lost', proxy: 'wire', matches: isAck(1) },
  { name: 'last hit: it is lost on its way', proxy: 'wire', matches: isHit(STEP_HITS) },
  { name: 'end: the last hit is stored, its acknowledgement is lost', proxy: 'wire', matches: isAck(STEP_HITS) },
];

/**
 * Resolves when the fault has struck: `strike` runs before anything else can. The frame is lost with it, but where
 * `verdict` says that it is passed on, into the fault.
 */
export function strikeAt(
  site: Site,
  { proxy, matches }: Step,
  strike: () => void,
  verdict: Verdict = 'withhold',
): Promise<void> {
  return site[proxy].when(matches, () => {
    strike();
    return verdict;
  });
}
