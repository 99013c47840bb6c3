import { z } from 'zod';
import { armSpec, boundPlace, cost, observation, place, problem } from './action.ts';
import { hit } from './hit.ts';
import { inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { runtimeDescription } from './runtime.ts';

const actionId = z.string().min(1).max(64);
const requestId = z.string().min(1).max(64);
/** 1, 2, 3... for each action on each runtime, without a gap. */
const sequence = z.int().positive();
const lastSequence = z.int().nonnegative();
/** Counts the attachments of one runtime; a frame of an older one is fenced. */
const epoch = z.int().positive();

const blockedPatterns = z.array(z.string().min(1).max(LIMITS.blockedPatternLength)).max(LIMITS.blockedPatterns);

/** What may never be inspected; the language of the patterns is told in docs/agent-protocol.md. */
export const blocked = z
  .object({ files: blockedPatterns, packages: blockedPatterns, classes: blockedPatterns })
  .meta({ id: 'Blocked' });

const keyNames = z.array(z.string().min(1).max(LIMITS.policyNameLength)).max(LIMITS.policyNames);
const literals = z.array(z.string().min(1).max(LIMITS.policyLiteralLength)).max(LIMITS.policyLiterals);

/** What an organization's policy adds at the agent: to redaction, and to what is never looked at. */
export const policy = z
  .object({
    /** Changes with every change of the policy. */
    revision: z.int().nonnegative(),
    /**
     * How much is hidden in this runtime's environment; `standard` where it is missing. `strict`: every value, so that only
     * types, length classes and the structure are told. `off`: nothing.
     */
    mode: z.enum(['standard', 'strict', 'off']).optional(),
    /** Key names that are secret beyond the built-in ones. */
    keyNames,
    /** Texts that are hidden wherever they stand, also within words. */
    literals: literals.optional(),
    /** What is shown although a built-in rule finds it: whole key names, exact texts, kinds of findings. */
    exceptions: z
      .object({ names: keyNames, values: literals, kinds: z.array(z.string().min(1).max(64)).max(256) })
      .optional(),
    /** Pseudonyms are keyed with it, so that equal values can be told equal within an organization and day. */
    pseudonymKey: z.string().max(128).optional(),
    /** Nothing is blocked where it is missing. */
    blocked: blocked.optional(),
  })
  .meta({ id: 'Policy' });

export type Blocked = z.infer<typeof blocked>;
export type Policy = z.infer<typeof policy>;

export const hello = z
  .object({
    type: z.literal('hello'),
    /** The protocol versions that the agent speaks. */
    protocol: z.object({ min: z.int().positive(), max: z.int().positive() }),
    runtime: runtimeDescription,
    /** Actions whose probes are still in place from before a reconnect. */
    live: z.array(z.object({ actionId, sequence: lastSequence })).max(LIMITS.liveActionsPerRuntime),
  })
  .meta({
    id: 'Hello',
    description:
      'The first frame of a connection, agent to broker: who the agent is, what it speaks, which probes it still has.',
  });

export const welcome = z
  .object({
    type: z.literal('welcome'),
    protocol: z.int().positive(),
    epoch,
    actions: z.array(z.object({ action: armSpec, lastSequence })).max(LIMITS.liveActionsPerRuntime),
    policy,
    /** Milliseconds between the pings of the broker; silence of three times that is a dead connection. */
    heartbeatMs: z.int().positive(),
  })
  .meta({
    id: 'Welcome',
    description:
      'The answer to hello: the agent installs what is missing, drops what is not listed, and resends later hits.',
  });

export const arm = z
  .object({ type: z.literal('arm'), action: armSpec })
  .meta({ id: 'Arm', description: 'Place the probe of an action.' });

export const armed = z
  .object({ type: z.literal('armed'), actionId, place: boundPlace })
  .meta({ id: 'Armed', description: 'The probe is bound; sent again where it is bound anew.' });

export const pending = z
  .object({ type: z.literal('pending'), actionId })
  .meta({ id: 'Pending', description: 'The file exists and is not loaded yet; the probe binds when it is.' });

export const failed = z
  .object({ type: z.literal('failed'), actionId, problem })
  .meta({ id: 'Failed', description: 'The probe cannot be placed on this runtime, or broke; nothing of it is left.' });

export const hitFrame = z
  .object({
    type: z.literal('hit'),
    actionId,
    epoch,
    sequence,
    hit,
    /**
     * Milliseconds between capturing and this sending. A span, so that no two clocks have to agree; where it is not given
     * the hit counts as captured when it arrives.
     */
    ageMs: z.int().nonnegative().optional(),
  })
  .meta({
    id: 'HitFrame',
    description: 'One recorded passing of the place. Kept by the agent until it is acknowledged.',
  });

export const ack = z.object({ type: z.literal('ack'), actionId, sequence: lastSequence }).meta({
  id: 'Ack',
  description: 'The hit with this sequence, and all before it, are stored: the agent may forget them.',
});

export const resend = z
  .object({ type: z.literal('resend'), actionId, lastSequence })
  .meta({ id: 'Resend', description: 'There is a gap: send again every hit after `lastSequence`.' });

export const disarm = z
  .object({
    type: z.literal('disarm'),
    actionId,
    reason: z.enum(['completed', 'expired', 'cancelled', 'failed', 'unknown']),
  })
  .meta({ id: 'Disarm', description: 'Remove the probe; the agent answers with a last status.' });

export const status = z
  .object({
    type: z.literal('status'),
    actionId,
    /** No probe is left in the process. */
    removed: z.boolean(),
    observation,
    cost,
  })
  .meta({
    id: 'Status',
    description:
      'What the probe has seen and cost so far: about once a second while that changes, and once when it is removed.',
  });

export const policyFrame = z.object({ type: z.literal('policy'), policy }).meta({
  id: 'PolicyFrame',
  description: 'The policy has changed: it holds for every capture from here on, and for the probes that are in place.',
});

export const drain = z.object({ type: z.literal('drain'), reconnectAfterMs: z.int().nonnegative().max(600_000) }).meta({
  id: 'Drain',
  description: 'The broker is going away: reconnect after this time, with jitter. Probes stay in place.',
});

export const inspect = z
  .object({ type: z.literal('inspect'), requestId, place })
  .meta({ id: 'Inspect', description: 'Say what stands at a place, and place nothing.' });

export const inspected = z
  .object({ type: z.literal('inspected'), requestId, inspection })
  .meta({ id: 'Inspected', description: 'The answer to inspect, with its `requestId`.' });

export const agentFrame = z
  .discriminatedUnion('type', [hello, armed, pending, failed, hitFrame, status, inspected])
  .meta({ id: 'AgentFrame' });

export const brokerFrame = z
  .discriminatedUnion('type', [welcome, arm, ack, resend, disarm, policyFrame, drain, inspect])
  .meta({ id: 'BrokerFrame' });

export type AgentFrame = z.infer<typeof agentFrame>;
export type BrokerFrame = z.infer<typeof brokerFrame>;
export type Hello = z.infer<typeof hello>;
export type Welcome = z.infer<typeof welcome>;
