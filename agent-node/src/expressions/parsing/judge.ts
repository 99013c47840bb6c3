import type { Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import { parseExpression } from '../parse.ts';
import type { ExpressionTree } from '../tree.ts';
import { CALLABLE } from './calls.ts';

/** The condition and the expressions of one action, as they were given. */
export interface Asked {
  readonly condition?: string | undefined;
  readonly expressions: readonly string[];
}

export interface NamedTree {
  readonly text: string;
  readonly tree: ExpressionTree;
}

export interface Trees {
  readonly condition: ExpressionTree | null;
  readonly expressions: readonly NamedTree[];
}

/** What is wrong with one of them; `which` is how the caller finds it again. */
export interface Fault {
  readonly which: string;
  readonly problem: Problem;
}

/** Characters of an expression that a message repeats, and of a whole message or hint. */
const REPEATED = 40;
const MESSAGE_LENGTH = 2000;

/** All of them as trees, or all that is wrong with them in one problem. */
export function judge(asked: Asked, redactor: Redactor): { ok: true; trees: Trees } | { ok: false; problem: Problem } {
  const faults: Fault[] = [];
  const expressions: NamedTree[] = [];
  let condition: ExpressionTree | null = null;
  if (asked.condition !== undefined) {
    const parsed = parseExpression(asked.condition, { redactor, condition: true });
    if (parsed.ok) condition = parsed.tree;
    else faults.push({ which: 'condition', problem: parsed.problem });
  }
  for (const [index, text] of asked.expressions.entries()) {
    const parsed = parseExpression(text, { redactor });
    if (parsed.ok) expressions.push({ text, tree: parsed.tree });
    else faults.push({ which: expressionName(index, text, redactor), problem: parsed.problem });
  }
  const problem = together(faults);
  return problem === undefined ? { ok: true, trees: { condition, expressions } } : { ok: false, problem };
}

/** As the argument of the tool counts them, from 0, and with the beginning of the text. */
export function expressionName(index: number, text: string, redactor: Redactor): string {
  let shown = '...';
  try {
    shown = redactor.text(text)?.text ?? text;
  } catch {
    // What cannot be redacted is not repeated.
  }
  const cut = shown.length > REPEATED ? `${shown.slice(0, REPEATED)}...` : shown;
  return `expressions[${index}] ${JSON.stringify(cut)}`;
}

/** One problem for all faults: each message, and each hint once, with what it is for where there are several. */
export function together(faults: readonly Fault[]): Problem | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const hints = faults.map(({ problem }) => problem.hint ?? '');
  const lists = hints.some((hint) => hint.endsWith(CALLABLE));
  const own = hints.map((hint) => (hint.endsWith(CALLABLE) ? hint.slice(0, -CALLABLE.length) : hint).trim());
  const told = [...new Set(own)].filter((one) => one !== '');
  const whichOf = (one: string) => [...new Set(faults.filter((_, i) => own[i] === one).map(({ which }) => which))];
  const several = new Set(faults.map(({ which }) => which)).size > 1;
  const named = several ? told.map((one) => `${whichOf(one).join(', ')}: ${one}`) : told;
  const hint = [...named, ...(lists ? [CALLABLE] : [])].join(' ');
  return {
    code: first.problem.code,
    message: faults
      .map(({ which, problem }) => `${which}: ${problem.message}`)
      .join('; ')
      .slice(0, MESSAGE_LENGTH),
    hint: hint.slice(0, MESSAGE_LENGTH),
  };
}
