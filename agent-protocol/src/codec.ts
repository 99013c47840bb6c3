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
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, frame: parsed.data };
  // Paths and expectations only: an issue's own message could quote captured text.
  const where = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'frame'}: ${issue.code}`);
  return { ok: false, reason: where.join('; ').slice(0, 512) };
}

/** Bytes of UTF-8; counted only where the length in code units (1 to 3 bytes each) leaves it open. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}
