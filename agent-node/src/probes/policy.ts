import type { Policy, Problem } from '@borescope/agent-protocol';
import type { SourceRedactor } from '@borescope/redaction';
import type { PolicyMessage } from '../application/messages.ts';
import { redactorOf } from '../application/redaction.ts';
import { judge } from '../expressions/parsing/judge.ts';
import { judgeNames } from '../expressions/parsing/names.ts';
import type { Binding } from '../sources/bind.ts';
import type { LiveAction } from './live-action.ts';

const ERROR_LENGTH = 1024;

/** The policy that holds now, in the worker: what is hidden, and which expressions may be asked. */
export class CurrentPolicy {
  #redactor: SourceRedactor = redactorOf({ keyNames: [], pseudonymKey: null });

  get redactor(): SourceRedactor {
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
    const judged = judge(action.spec, this.#redactor);
    if (!judged.ok) return judged.problem;
    action.condition = judged.trees.condition;
    action.expressions = judged.trees.expressions;
    return undefined;
  }

  /** What is wrong with them at the place that was found for the action. */
  judgeAt(
    action: LiveAction,
    { names, place, renamed }: Pick<Binding, 'names' | 'place' | 'renamed'>,
  ): Problem | undefined {
    const declared = names.filter(({ shadowed }) => !shadowed);
    const at = { line: place.line, note: place.note, renamed };
    return judgeNames(action, declared, at, this.#redactor);
  }

  /** The same in a file that is not loaded, where only V8 will tell the place: names that the function never mentions. */
  judgeAhead(action: LiveAction, { names, used }: Pick<Binding, 'names' | 'used'>): Problem | undefined {
    const declared = names
      .filter(({ shadowed }) => !shadowed)
      .map(({ name }) => ({ name, uninitialized: false, hidden: false }));
    return judgeNames(action, declared, { line: action.spec.place.line, mentioned: used }, this.#redactor);
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
