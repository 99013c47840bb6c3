import { type CapturedValue, type ExpressionResult, type Hit, LIMITS, type Variable } from '@borescope/agent-protocol';
import type { Finding, Redactor } from '@borescope/redaction';
import { kindsTold } from './agent-mark.ts';
import { hideUnder, kindTold, type Pass, redactLabel, redactNamed, redactValue } from './redact-value.ts';

/**
 * Redacts a captured hit again: an agent may be older than a rule, or not ours. `caught` holds what only this pass
 * found; what the agent has hidden stays as it is, and `hit.redactions` counts both. `written` gives no pseudonyms: it is
 * for what a caller wrote or may have made, because that of a guess would tell which hidden values are equal to it.
 * `hidesEnds`: there are rules that the agent did not know when it cut a text.
 */
export function redactHit(
  hit: Hit,
  redactor: Redactor,
  written: Redactor,
  isBlockedClass: Pass['isBlockedClass'] = () => false,
  hidesEnds = false,
): { hit: Hit; caught: Finding[] } {
  const pass: Pass = { redactor, isBlockedClass, hidesEnds, caught: [] };
  const ofCaller: Pass = { ...pass, redactor: written };
  const clean: Hit = {
    ...hit,
    file: redactLabel(pass, hit.file, LIMITS.pathLength),
    function: redactLabel(pass, hit.function, LIMITS.nameLength),
    variables: hit.variables.map((variable) => redactVariable(pass, variable)),
    values: hit.values.map((result) => redactResult(ofCaller, result)),
    stack: hit.stack.map((frame) => ({
      ...frame,
      function: redactLabel(pass, frame.function, LIMITS.nameLength),
      file: redactLabel(pass, frame.file, LIMITS.pathLength),
    })),
  };
  const told = kindsTold(hit.redactions.kinds, redactor.mode);
  if (pass.caught.length === 0 && told === hit.redactions.kinds) return { hit, caught: [] };
  const kinds = new Set([...told, ...pass.caught.map(({ kind }) => kind)]);
  clean.redactions = {
    count: hit.redactions.count + pass.caught.length,
    kinds: [...kinds].slice(0, LIMITS.hiddenKinds),
  };
  return { hit: clean, caught: pass.caught };
}

function redactVariable(pass: Pass, variable: Variable): Variable {
  const { name, value } = variable;
  return { ...variable, name: redactLabel(pass, name, LIMITS.nameLength), value: redactNamed(pass, name, value) };
}

function redactResult(pass: Pass, result: ExpressionResult): ExpressionResult {
  const { expression, value, error } = result;
  const kind = value === undefined ? undefined : secretIn(pass, expression, value);
  return {
    expression: redactLabel(pass, expression, LIMITS.expressionLength),
    ...(value !== undefined && { value: kind === undefined ? redactValue(pass, value) : hideUnder(pass, kind, value) }),
    ...(error !== undefined && { error: redactLabel(pass, error, LIMITS.errorLength) }),
  };
}

/**
 * The kind of the first secret name that an expression reads, be it an identifier or a quoted key: what is derived from
 * a secret is one. `typeof` tells the type only.
 */
function secretIn(pass: Pass, expression: string, value: CapturedValue): string | undefined {
  if (/^\s*typeof\b/.test(expression)) return undefined;
  for (const [name] of expression.matchAll(/[\p{L}\p{N}_$-]+/gu)) {
    const kind = pass.redactor.name(name) ?? kindTold(pass, name, value);
    if (kind !== undefined) return kind;
  }
  return undefined;
}
