import { type Blocked, LIMITS, type Policy, type Problem } from '@borescope/agent-protocol';
import { type Blocklist, createBlocklist, type Redactor, type SourceRedactor } from '@borescope/redaction';
import type { PolicyMessage } from '../application/messages.ts';
import { type RedactionRules, redactorOf, rulesOf } from '../application/redaction.ts';
import { judge } from '../expressions/parsing/judge.ts';
import { judgeNames } from '../expressions/parsing/names.ts';
import type { RedactionFloor } from '../settings/redaction-floor.ts';
import type { Binding } from '../sources/bind.ts';
import { type BlockedCode, blockedVariable } from '../sources/origin.ts';
import { PackageNames } from '../sources/package-names.ts';
import type { NameInScope } from '../sources/scopes.ts';
import type { LiveAction } from './live-action.ts';
import { namesAsked } from './private-fields.ts';

/** What hides by the same rules. */
interface Hiding {
  readonly redactor: SourceRedactor;
  /** For what a caller wrote: by the pseudonym of a guess, hidden values could be told that are equal to it. */
  readonly written: Redactor;
}

function hidingBy(rules: RedactionRules): Hiding {
  return { redactor: redactorOf(rules), written: redactorOf({ ...rules, pseudonymKey: null }) };
}

/** What holds until a broker has told its policy. */
const NO_POLICY: Policy = { revision: 0, keyNames: [] };

/** The policy that holds now, in the worker: what is hidden, what is never looked at, and which expressions may be asked. */
export class CurrentPolicy implements BlockedCode {
  readonly #own: Blocked;
  readonly #floor: RedactionFloor;
  readonly #packages = new PackageNames();
  #hiding: Hiding;
  #blocklist: Blocklist;

  /** What the runtime itself blocks, and insists on hiding, whatever a broker says. */
  constructor(own: Blocked, floor: RedactionFloor) {
    this.#own = own;
    this.#floor = floor;
    this.#hiding = hidingBy(rulesOf(NO_POLICY, floor));
    this.#blocklist = createBlocklist(own);
  }

  get redactor(): SourceRedactor {
    return this.#hiding.redactor;
  }

  get written(): Redactor {
    return this.#hiding.written;
  }

  /** Gives the message by which the application's thread holds the same policy. */
  set(policy: Policy): PolicyMessage {
    const rules = rulesOf(policy, this.#floor);
    this.#hiding = hidingBy(rules);
    const blocked = together(this.#own, policy.blocked);
    this.#blocklist = createBlocklist(blocked);
    return { type: 'policy', ...rules, blockedClasses: blocked.classes };
  }

  /** Looks up the packages of files, so that `hides` knows them. */
  async learn(paths: readonly (string | undefined)[]): Promise<void> {
    await this.#packages.learn(new Set(paths.filter((path) => path !== undefined)));
  }

  async areBlocked(paths: readonly string[]): Promise<boolean> {
    await this.learn(paths);
    return paths.some((path) => this.hides(path));
  }

  hides(path: string | undefined): boolean {
    if (path === undefined) return false;
    const name = this.#packages.of(path);
    return this.#blocklist.path(path) || (name !== undefined && this.#blocklist.package(name));
  }

  /** Parses the action's condition and expressions into it; gives what is wrong with them. */
  judge(action: LiveAction): Problem | undefined {
    const judged = judge(action.spec, this.written);
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
    const blocked = this.#blockedName(action, names);
    if (blocked !== undefined) return blockedVariable(blocked);
    const declared = this.#shown(names);
    const at = { line: place.line, note: place.note, renamed };
    return judgeNames(action, declared, at, this.written);
  }

  /** The same in a file that is not loaded, where only V8 will tell the place: names that the function never mentions. */
  judgeAhead(action: LiveAction, { names, used }: Pick<Binding, 'names' | 'used'>): Problem | undefined {
    const blocked = this.#blockedName(action, names);
    if (blocked !== undefined) return blockedVariable(blocked);
    const declared = this.#shown(names).map(({ name }) => ({ name, uninitialized: false, hidden: false }));
    return judgeNames(action, declared, { line: action.spec.place.line, mentioned: used }, this.written);
  }

  #shown(names: readonly NameInScope[]): NameInScope[] {
    return names.filter(({ shadowed, declaredIn }) => !shadowed && !this.hides(declaredIn));
  }

  #blockedName(action: LiveAction, names: readonly NameInScope[]): string | undefined {
    const asked = namesAsked(action);
    return names.find(({ name, shadowed, declaredIn }) => !shadowed && asked.has(name) && this.hides(declaredIn))?.name;
  }

  /** The text of an error in the application, which can name what the caller wrote. */
  shown(text: string): string {
    try {
      return (this.written.label(text)?.text ?? text).slice(0, LIMITS.errorLength);
    } catch {
      return '[redacted]';
    }
  }
}

function together(own: Blocked, policy: Blocked | undefined): Blocked {
  return {
    files: [...own.files, ...(policy?.files ?? [])],
    packages: [...own.packages, ...(policy?.packages ?? [])],
    classes: [...own.classes, ...(policy?.classes ?? [])],
  };
}
