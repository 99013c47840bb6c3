import type { SecondPass } from '../hits/redaction.ts';
import type { ActionSpec } from './action.ts';

/** What a caller has asked for, as the audit and whoever approves it are shown it: what it wrote itself has gone through the redaction. */
export function shownSpec(pass: SecondPass, spec: ActionSpec) {
  return {
    kind: spec.kind,
    file: pass.path(spec.place.file),
    line: spec.place.line,
    ...(spec.condition !== undefined && { condition: pass.text(spec.condition) }),
    expressions: spec.expressions.map((expression) => pass.text(expression)),
    max_hits: spec.maxHits,
    timeout_seconds: spec.timeoutSeconds,
    overhead_percent: spec.overheadPercent,
  };
}
