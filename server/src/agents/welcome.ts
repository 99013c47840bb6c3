import { type ArmSpec, LIMITS, type Policy, type Welcome } from '@borescope/agent-protocol';
import type { Action, Placement } from '../actions/action.ts';
import { toArmSpec } from './arm-spec.ts';

/** Bytes left free for the other fields of the frame. */
const HEADROOM = 16 * 1024;

/**
 * The answer to hello. Live actions that do not fit into one frame are in `left`: the limits of single actions allow 200
 * of them to be larger than a frame, and an agent drops every probe that the welcome does not name.
 */
export function buildWelcome(options: {
  protocol: number;
  epoch: number;
  live: readonly { action: Action; placement: Placement }[];
  /** Actions that the agent still knows, as its hello says. */
  held: ReadonlySet<string>;
  policy: Policy;
  heartbeatMs: number;
  now: number;
}): { frame: Welcome; left: string[] } {
  const { protocol, epoch, live, held, policy, heartbeatMs, now } = options;
  const actions: { action: ArmSpec; lastSequence: number }[] = [];
  const left: string[] = [];
  let room = LIMITS.frameBytes - HEADROOM - Buffer.byteLength(JSON.stringify(policy));
  for (const { action, placement } of live) {
    const spec = toArmSpec(action, now) ?? (held.has(action.id) ? toLastWord(action) : undefined);
    if (spec === undefined) continue;
    const entry = { action: spec, lastSequence: placement.lastSequence };
    const bytes = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (bytes > room) {
      left.push(action.id);
      continue;
    }
    room -= bytes;
    actions.push(entry);
  }
  return { frame: { type: 'welcome', protocol, epoch, actions, policy, heartbeatMs }, left };
}

/** An action whose time is over: the agent that still knows it sends what was captured in it, and that its probe is gone. */
function toLastWord(action: Action): ArmSpec | undefined {
  return toArmSpec(action, action.expiresAt - 1);
}
