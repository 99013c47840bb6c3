import { readFileSync } from 'node:fs';
import { z } from 'zod';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));

const frame = z.looseObject({ type: z.string() });
const side = z.enum(['agent', 'broker']);
const namedFrames = z.array(z.object({ name: z.string(), frame }));

export type GoldenFrame = z.infer<typeof frame>;

export const agentFrames = namedFrames.parse(read('agent-frames'));
export const brokerFrames = namedFrames.parse(read('broker-frames'));
export const values = z.array(z.object({ name: z.string(), value: frame })).parse(read('values'));
export const invalidFrames = z
  .array(z.object({ name: z.string(), from: side, text: z.string() }))
  .parse(read('invalid-frames'));
export const conversations = z
  .array(z.object({ name: z.string(), frames: z.array(z.object({ from: side, frame })) }))
  .parse(read('conversations'));

/** The golden frame of this name, free to be changed. */
export function golden(name: string): GoldenFrame {
  const found = [...agentFrames, ...brokerFrames].find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no golden frame "${name}"`);
  return structuredClone(found.frame);
}

/** A hit frame with this captured value as its only variable. */
export function hitWith(value: unknown): GoldenFrame {
  const hit = golden('hit with nothing in it');
  return { ...hit, hit: { ...z.looseObject({}).parse(hit['hit']), variables: [{ name: 'x', scope: 'local', value }] } };
}

/** The frame with `value` at `path` (`place.line`, `hit.stack.0.function`); undefined takes the field away. */
export function withValueAt(frame: unknown, path: string, value: unknown): unknown {
  const [step = '', ...rest] = path.split('.');
  if (frame === null || typeof frame !== 'object') throw new Error(`nothing at ${path}`);
  const child: unknown = Reflect.get(frame, step);
  const changed = rest.length === 0 ? value : withValueAt(child, rest.join('.'), value);
  if (Array.isArray(frame)) return frame.map((item: unknown, index) => (String(index) === step ? changed : item));
  return { ...frame, [step]: changed };
}
