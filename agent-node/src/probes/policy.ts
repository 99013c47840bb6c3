import type { Policy, Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import type { PolicyMessage } from '../application/messages.ts';
import { redactorOf } from '../application/redaction.ts';
import { parseExpression } from '../expressions/parse.ts';
import type { ExpressionTree } from '../expressions/tree.ts';
import type { LiveAction } from './live-action.ts';

const ERROR_LENGTH = 1024;

/** The policy that holds now, in the worker: what is hidden, and which expressions may be asked. */
export class CurrentPolicy {
  #redactor: Redactor = redactorOf({ keyNames: [], pseudonymKey: null });

  get redactor(): Redactor {
    return this.#redactor;
  }

  /** Gives the message by which the application's thread holds the same policy. */
  set(policy: Policy): PolicyMessage {
    const plain = { keyNames: policy.keyNames, pseudonymKey: policy.pseudonymKey ?? null };
    this.#redactor = redactorOf(plain);
    return { type: 'policy', ...plain };
  }

  /** Parses the action's condition and expressions into it; gives what is wrong with them. */
  judge(action: LiveAction): Problem | undefined {
    const { condition, expressions } = action.spec;
    const redactor = this.#redactor;
    if (condition !== undefined) {
      const parsed = parseExpression(condition, { redactor, condition: true });
      if (!parsed.ok) return parsed.problem;
      action.condition = parsed.tree;
    }
    const trees: { text: string; tree: ExpressionTree }[] = [];
    for (const text of expressions) {
      const parsed = parseExpression(text, { redactor });
      if (!parsed.ok) return parsed.problem;
      trees.push({ text, tree: parsed.tree });
    }
    action.expressions = trees;
    return undefined;
  }

  /** The text of an error in the application. */
  shown(text: string): string {
    try {
      return (this.#redactor.text(text)?.text ?? text).slice(0, ERROR_LENGTH);
    } catch {
      return '[redacted]';
    }
  }
}
