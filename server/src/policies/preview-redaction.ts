import type { CapturedValue } from '@borescope/agent-protocol';
import type { Finding, RedactionMode } from '@borescope/redaction';
import { BorescopeError } from '../actions/error.ts';
import { createPatternFinder, kindsOf } from '../hits/pattern-finder.ts';
import { createPolicyRedactor } from '../hits/policy-redactor.ts';
import { redactValue } from '../hits/redact-value.ts';
import { agentRules, modeIn, type RedactionPolicy } from './redaction-policy.ts';

export interface Preview {
  readonly mode: RedactionMode;
  readonly shown: CapturedValue;
  readonly hidden: { readonly kind: string; readonly count: number; readonly by: 'agent' | 'broker' }[];
  /** Milliseconds that it took. */
  readonly ms: number;
}

/** Of a sample: bytes of JSON, and arrays and objects within each other. */
export const PREVIEW_LIMITS = { bytes: 64 * 1024, depth: 24 } as const;

/** What these rules hide in a sample that is captured in this environment. Throws LIMIT_EXCEEDED. */
export function previewRedaction(
  rules: RedactionPolicy | undefined,
  environment: string | undefined,
  sample: unknown,
): Preview {
  const bytes = Buffer.byteLength(JSON.stringify(sample));
  if (bytes > PREVIEW_LIMITS.bytes) {
    throw tooMuch(`the sample has ${bytes} bytes, and ${PREVIEW_LIMITS.bytes} are allowed`);
  }
  const captured = asCaptured(sample, PREVIEW_LIMITS.depth);
  const mode = modeIn(rules, environment);
  const begun = performance.now();
  const patterns = rules?.patterns ?? [];
  const finder = createPatternFinder(patterns, () => performance.now());
  const redactor = createPolicyRedactor({ mode, ...agentRules(rules) }, finder);
  const caught: Finding[] = [];
  const value = redactValue({ redactor, isBlockedClass: () => false, hidesEnds: false, caught }, captured);
  const ms = performance.now() - begun;
  const ours = kindsOf(patterns);
  const counts = new Map<string, number>();
  for (const { kind } of caught) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return {
    mode,
    shown: value,
    hidden: [...counts].map(([kind, count]) => ({ kind, count, by: ours.has(kind) ? 'broker' : 'agent' })),
    ms: Math.round(ms * 100) / 100,
  };
}

/** JSON as an agent would have captured it, had it no limits. */
function asCaptured(value: unknown, levels: number): CapturedValue {
  switch (typeof value) {
    case 'string':
      return { type: 'string', value };
    case 'number':
      return { type: 'number', value };
    case 'boolean':
      return { type: 'boolean', value };
    default:
      break;
  }
  if (typeof value !== 'object' || value === null) return { type: 'null' };
  if (levels === 0) throw tooMuch(`the sample has more than ${PREVIEW_LIMITS.depth} levels`);
  if (Array.isArray(value)) return { type: 'array', items: value.map((item) => asCaptured(item, levels - 1)) };
  const properties = Object.entries(value).map(([name, held]) => ({ name, value: asCaptured(held, levels - 1) }));
  return { type: 'object', class: 'Object', properties };
}

function tooMuch(message: string): BorescopeError {
  return new BorescopeError('LIMIT_EXCEEDED', message, 'Send a smaller part of it.');
}
