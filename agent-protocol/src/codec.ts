import { parse as parseJson } from 'secure-json-parse';
import type { z } from 'zod';
import { type AgentFrame, agentFrame, type BrokerFrame, brokerFrame } from './frames.ts';
import { LIMITS } from './limits.ts';
import { isNestedBeyond } from './nesting.ts';

export type Decoded<Frame> = { ok: true; frame: Frame } | { ok: false; reason: string };

/** Text of one WebSocket message to a frame of an agent; never throws. `reason` holds no captured data. */
export function decodeAgentFrame(text: string): Decoded<AgentFrame> {
  return decode(text, agentFrame);
}

/** Text of one WebSocket message to a frame of a broker; never throws. */
export function decodeBrokerFrame(text: string): Decoded<BrokerFrame> {
  return decode(text, brokerFrame);
}

export function encodeFrame(frame: AgentFrame | BrokerFrame): string {
  return JSON.stringify(frame);
}

function decode<Frame>(text: string, schema: z.ZodType<Frame>): Decoded<Frame> {
  if (isLongerThan(text, LIMITS.frameBytes)) return { ok: false, reason: `frame above ${LIMITS.frameBytes} bytes` };
  // The schema of a captured value recurses: a frame of a few ten thousand bytes could overflow the stack.
  if (isNestedBeyond(text, LIMITS.frameNesting)) {
    return { ok: false, reason: `frame nested more than ${LIMITS.frameNesting} deep` };
  }
  let value: unknown;
  try {
    value = parseJson(text, null, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    return { ok: false, reason: 'not JSON, or JSON with a forbidden key (__proto__, constructor.prototype)' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: 'a frame is a JSON object' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, frame: parsed.data };
  return { ok: false, reason: parsed.error.issues.slice(0, 3).map(told).join('; ').slice(0, 512) };
}

/** In a frame's own words, by the code of the library that judged it. */
const FAULTS: Readonly<Record<string, string>> = {
  invalid_type: 'is missing or of another JSON type',
  invalid_value: 'is none of the values that may stand there',
  invalid_union: 'is unknown',
  invalid_format: 'has another form',
  too_small: 'is too small or too short',
  too_big: 'is too large or too long',
};
/** UTF-16 code units of one step of a path, which may be a key of the peer's own. */
const STEP_LENGTH = 40;

/** The path and what is wrong there only: an issue's own message could quote captured text. */
function told({ path, code }: { readonly path: readonly PropertyKey[]; readonly code: string }): string {
  if (path.length === 1 && path[0] === 'type') return 'unknown frame type';
  const steps = path.map((step) => String(step).slice(0, STEP_LENGTH));
  return `${steps.join('.')} ${FAULTS[code] ?? 'is not valid'}`;
}

/** Bytes of UTF-8; counted only where the length in code units (1 to 3 bytes each) leaves it open. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}
