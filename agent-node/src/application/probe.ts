import type { RequestedExpression } from '../capture/request.ts';
import { compileExpression } from '../expressions/compile.ts';
import type { CompiledExpression, CompileOptions } from '../expressions/evaluation.ts';
import type { ProbeMessage } from './messages.ts';

/** One action's probe as the application's thread knows it. */
export interface Probe {
  readonly message: ProbeMessage;
  condition: CompiledExpression | undefined;
  expressions: RequestedExpression[];
  /** Hits still wanted; at 0 the probe waits for its removal. */
  remaining: number;
  conditionErrorTold: boolean;
}

export function createProbe(message: ProbeMessage, policy: CompileOptions): Probe {
  const probe: Probe = {
    message,
    condition: undefined,
    expressions: [],
    remaining: message.remaining,
    conditionErrorTold: false,
  };
  compileProbe(probe, policy);
  return probe;
}

/** Again after every change of the policy, because compiled expressions hide by its names and classes. */
export function compileProbe(probe: Probe, policy: CompileOptions): void {
  const { condition, expressions } = probe.message;
  probe.condition = condition === null ? undefined : compileExpression(condition, policy);
  const compiled: RequestedExpression[] = [];
  for (let i = 0; i < expressions.length; i++) {
    const expression = expressions[i];
    if (expression === undefined) continue;
    compiled[i] = { text: expression.text, evaluate: compileExpression(expression.tree, policy) };
  }
  probe.expressions = compiled;
}
