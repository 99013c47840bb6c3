import type { Problem } from '@borescope/agent-protocol';
import { REFUSALS, type Reason, STATEMENT_HINT } from './refusals.ts';

/** Nesting of an expression, so that no closure of it can exhaust the application's stack. */
export const MAX_NESTING = 50;

/** Thrown while a tree is built; `parseExpression` gives its problem. */
export class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export function unsafe(column: number, refusal: Reason): Refusal {
  return new Refusal({
    code: 'EXPRESSION_UNSAFE',
    message: `column ${column}: ${refusal.what}`,
    hint: refusal.instead,
  });
}

/** By the type of a part that no expression here may have. */
export function unsupported({ type, start }: { readonly type: string; readonly start: number }): Refusal {
  return unsafe(start + 1, REFUSALS[type] ?? { what: `${type} is not evaluated`, instead: STATEMENT_HINT });
}

export function invalid(column: number, what: string, hint: string): Refusal {
  return new Refusal({ code: 'EXPRESSION_INVALID', message: `column ${column}: ${what}`, hint });
}

export function tooDeep(column: number): Refusal {
  return new Refusal({
    code: 'LIMIT_EXCEEDED',
    message: `column ${column}: an expression is nested at most ${MAX_NESTING} levels deep`,
    hint: 'Split it into several expressions.',
  });
}

/** acorn's message is `Unexpected token (1:4)`; its `pos` counts from 0 over the whole text. */
export function syntaxProblem(error: SyntaxError): Problem {
  const column = 'pos' in error && typeof error.pos === 'number' ? error.pos + 1 : 1;
  const what = error.message.replace(/ \(\d+:\d+\)$/, '');
  return { code: 'EXPRESSION_INVALID', message: `column ${column}: ${what}`, hint: STATEMENT_HINT };
}
