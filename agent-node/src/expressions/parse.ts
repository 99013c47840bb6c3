import { LIMITS, type Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import * as acorn from 'acorn';
import { TreeBuilder } from './parsing/build.ts';
import { invalid, Refusal, syntaxProblem, tooDeep, unsafe } from './parsing/refusal.ts';
import { STATEMENT_HINT } from './parsing/refusals.ts';
import { writtenSecret } from './parsing/written-secret.ts';
import { readsSecret } from './presence.ts';
import type { ExpressionTree } from './tree.ts';

export interface ParseOptions {
  readonly redactor: Redactor;
  /** Tested by ToBoolean; one that reads a secret, or holds a guess of one, is refused. */
  readonly condition?: boolean;
}

export type ParsedExpression =
  | { readonly ok: true; readonly tree: ExpressionTree }
  | { readonly ok: false; readonly problem: Problem };

const OPTIONS: acorn.Options = {
  ecmaVersion: 'latest',
  sourceType: 'module',
  // So that each of these reaches its own refusal, which says what to do, instead of "unexpected token".
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
  // Else the closing bracket would be behind the end of the expression.
  preserveParens: true,
};

/**
 * Text to tree, or why not: `EXPRESSION_INVALID` (not JavaScript), `EXPRESSION_UNSAFE` (JavaScript that is not evaluated
 * in a running application), `LIMIT_EXCEEDED`. Messages name the 1-based column.
 */
export function parseExpression(text: string, options: ParseOptions): ParsedExpression {
  if (text.length > LIMITS.expressionLength) {
    return {
      ok: false,
      problem: {
        code: 'LIMIT_EXCEEDED',
        message: `an expression has at most ${LIMITS.expressionLength} characters; this one has ${text.length}`,
        hint: 'Read a part of the value.',
      },
    };
  }
  try {
    const builder = new TreeBuilder();
    const root = builder.build(parseWhole(text));
    const condition = options.condition === true;
    const secret = condition ? readsSecret(root, options.redactor) : undefined;
    if (secret)
      throw unsafe(secret.at, {
        what: `a condition must not depend on \`${secret.name}\`, whose name says that it is secret`,
        instead: `Test another value; \`${secret.name} == null\` and \`typeof\` are allowed.`,
      });
    const guess = condition ? writtenSecret(root, options.redactor) : undefined;
    if (guess)
      throw unsafe(guess.at, {
        what: `a condition must not hold what is hidden in captured values, and this one does (${guess.kind})`,
        instead:
          'Compare an id or another property; or capture without it: equal hidden values have an equal `$same`, where a ' +
          'kind has one.',
      });
    const { names, usesThis, makesTexts } = builder;
    return { ok: true, tree: { root, names, usesThis, condition, makesTexts } };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    if (error instanceof SyntaxError) return { ok: false, problem: syntaxProblem(error) };
    // acorn recurses: a thousand brackets can exhaust the stack of the worker.
    if (error instanceof RangeError) return { ok: false, problem: tooDeep(1).problem };
    throw error;
  }
}

/** Operators of other languages. */
const WORDS = /^(and|or|not|is|eq|ne|like|contains)\b/;
const WORD_HINT = 'The operators are those of JavaScript: &&, ||, !, ===, !==; and `text.includes("x")`.';

function parseWhole(text: string): acorn.Expression {
  const expression = acorn.parseExpressionAt(text, 0, OPTIONS);
  // Comments and white space may follow, nothing else. Blanks keep the columns.
  const rest = acorn.tokenizer(' '.repeat(expression.end) + text.slice(expression.end), OPTIONS).getToken();
  if (rest.type !== acorn.tokTypes.eof) {
    const word = WORDS.exec(text.slice(rest.start))?.[0];
    throw invalid(rest.start + 1, 'the expression ends before this', word === undefined ? STATEMENT_HINT : WORD_HINT);
  }
  return expression;
}
