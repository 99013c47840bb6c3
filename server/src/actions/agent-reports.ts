import type { AgentListener, AgentReport, Attachment, HitFrame, Reply } from '../agents/listener.ts';
import type { Clock } from '../clock.ts';
import type { AcceptHit } from '../hits/accept.ts';
import { BLOCKED, type Redaction, type SecondPass } from '../hits/redaction.ts';
import type { PlacementStep, Store } from '../store/store.ts';
import type { Action, Placement } from './action.ts';
import type { Changes } from './changes.ts';
import type { MeetDeadline } from './deadline.ts';
import type { Ending } from './ending.ts';
import { isOver, nextPlacement, type PlacementEvent } from './state-machine.ts';

export interface AgentReportsOptions {
  readonly store: Store;
  readonly acceptHit: AcceptHit;
  readonly redaction: Redaction;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly ending: Ending;
  readonly meetDeadline: MeetDeadline;
}

/**
 * What actions become by what agents say. Frames of one agent are dealt with side by side, so that they share a commit:
 * their order is that of the calls of the store, and nothing but the redaction is awaited before those.
 */
export function createAgentReports(options: AgentReportsOptions): AgentListener {
  const { store, acceptHit, redaction, clock, changes, ending, meetDeadline } = options;

  async function hit(from: Attachment, frame: HitFrame): Promise<readonly Reply[] | 'fenced'> {
    const { organization } = from;
    const { actionId } = frame;
    const result = await acceptHit(from, frame);
    switch (result.outcome) {
      case 'accepted': {
        const ack: Reply = { type: 'ack', actionId, sequence: frame.sequence };
        if (result.completed) await ending(organization, actionId);
        else changes.tell(organization, actionId, 'progress');
        return [ack];
      }
      case 'duplicate':
        return [{ type: 'ack', actionId, sequence: result.lastSequence }];
      case 'gap':
        return [{ type: 'resend', actionId, lastSequence: result.lastSequence }];
      case 'fenced':
        return 'fenced';
      case 'blocked':
        return failed(from, actionId);
      case 'closed':
        return [disarm((await store.actions.get(organization, actionId))?.action, actionId, clock.now())];
    }
  }

  /** Of an agent that has told what it should not: its probe is in a file that the policy blocks. */
  function failed(from: Attachment, actionId: string): Promise<readonly Reply[] | 'fenced'> {
    return report(from, { type: 'failed', actionId, problem: BLOCKED }, true);
  }

  /** `hasProbe`: a probe may be left in the runtime. */
  async function report(
    from: Attachment,
    frame: AgentReport,
    hasProbe = frame.type === 'armed' || frame.type === 'pending' || (frame.type === 'status' && !frame.removed),
  ): Promise<readonly Reply[] | 'fenced'> {
    const { organization, runtime, epoch } = from;
    const { actionId } = frame;
    const pass = await redaction.of(organization, from.environment);
    const event = toEvent(pass, frame);
    let ended = false;
    const move = (step: PlacementStep) => {
      // The policy may have come after the probe, to an agent that does not know it.
      const blocked = hasProbe && step.placement.bound !== undefined && pass.blocks(step.placement.bound.file);
      const next = nextPlacement(step, blocked ? { type: 'failed', problem: BLOCKED, at: clock.now() } : event);
      ended = isOver(next.action) && !isOver(step.action);
      return next;
    };
    const after = await store.actions.changePlacement(organization, actionId, runtime, move, epoch);
    // The newer attachment has said how it stands, or the runtime will when it is attached again.
    if (after === 'fenced') return after;
    if (ended) await ending(organization, actionId);
    else if (after !== undefined) changes.tell(organization, actionId, 'progress');
    // It may have been the last word that was waited for.
    if (after !== undefined && isGone(after.placement) && isLate(after.action))
      await meetDeadline(organization, actionId);
    const wanted = after !== undefined && !isOver(after.action) && after.placement.status !== 'failed';
    return hasProbe && !wanted ? [disarm(after?.action, actionId, clock.now())] : [];
  }

  const isLate = (action: Action) => !isOver(action) && clock.now() >= action.expiresAt;

  function toEvent(pass: SecondPass, frame: AgentReport): PlacementEvent {
    switch (frame.type) {
      case 'armed':
        if (pass.blocks(frame.place.file)) return { type: 'failed', problem: BLOCKED, at: clock.now() };
        return { type: 'armed', bound: pass.bound(frame.place) };
      case 'pending':
        return { type: 'pending' };
      case 'failed':
        return { type: 'failed', problem: pass.problem(frame.problem), at: clock.now() };
      case 'status': {
        const { removed, cost } = frame;
        return { type: 'status', removed, observation: pass.observation(frame.observation), cost };
      }
    }
  }

  const tellAll = ({ organization }: Attachment, actionIds: readonly string[]) => {
    for (const actionId of actionIds) changes.tell(organization, actionId, 'progress');
  };
  return { hit, report: (from, frame) => report(from, frame), attached: tellAll, gone: tellAll };
}

function isGone({ status }: Placement): boolean {
  return status === 'removed' || status === 'failed';
}

/**
 * Why a probe has no business in the runtime. A live action is one whose time is over and that waits for what was captured
 * in it, or whose placement there has failed, or never was.
 */
function disarm(action: Action | undefined, actionId: string, now: number): Reply {
  const state = action?.state ?? 'unknown';
  if (state !== 'queued' && state !== 'armed') return { type: 'disarm', actionId, reason: state };
  return { type: 'disarm', actionId, reason: action !== undefined && now >= action.expiresAt ? 'expired' : 'unknown' };
}
