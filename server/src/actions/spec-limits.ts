import { LIMITS } from '@borescope/agent-protocol';
import type { ActionSpec } from './action.ts';
import { BorescopeError } from './error.ts';

/** Throws LIMIT_EXCEEDED with the limit's name, its bounds and what was asked for. Nothing is clamped. */
export function checkSpec(spec: ActionSpec): void {
  within('max_hits', spec.maxHits, 1, LIMITS.maxHits, { whole: true });
  within('timeout_seconds', spec.timeoutSeconds, 1, LIMITS.maxTimeoutSeconds);
  within('overhead_percent', spec.overheadPercent, 1, LIMITS.maxOverheadPercent);
  within('line', spec.place.line, 1, Number.MAX_SAFE_INTEGER, { whole: true });
  within('the length of file', spec.place.file.length, 1, LIMITS.pathLength);
  within('the length of expect_line', spec.place.expectLine?.length ?? 0, 0, LIMITS.pathLength);
  within('the number of expressions', spec.expressions.length, 0, LIMITS.expressions);
  for (const expression of spec.expressions) {
    within('the length of an expression', expression.length, 1, LIMITS.expressionLength);
  }
  if (spec.condition !== undefined) {
    within('the length of the condition', spec.condition.length, 1, LIMITS.expressionLength);
  }
}

function within(name: string, value: number, least: number, most: number, { whole = false } = {}): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
  throw new BorescopeError(
    'LIMIT_EXCEEDED',
    `${name} must be ${whole ? 'a whole number, ' : ''}${range}; it is ${value}`,
    `Call again with ${name} within its limits.`,
  );
}
