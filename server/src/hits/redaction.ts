import {
  type BoundPlace,
  type Hit,
  type Inspection,
  LIMITS,
  type Observation,
  type Policy,
  type Problem,
} from '@borescope/agent-protocol';
import {
  createBlocklist,
  type RedactionMode,
  type Redactor,
  type SourceRedactor,
  UNEXAMINED,
} from '@borescope/redaction';
import type { CurrentRules, Policies } from '../agents/policies.ts';
import { createPatternFinder, kindsOf, POLICY_PATTERN } from './pattern-finder.ts';
import { createPolicyRedactor } from './policy-redactor.ts';
import { redactHit } from './redact.ts';

/** The broker's second pass over everything that an agent tells of an application. */
export interface Redaction {
  /**
   * By the policy that holds now, which may have to be asked for: rejects with `StoreUnavailable`. Those who ask for the
   * same organization are answered in the order in which they asked. `environment`: of the runtime that has told it; what
   * callers write is of none.
   */
  of(organization: string, environment?: string): Promise<SecondPass>;
}

export interface SecondPass {
  /** Whether the policy blocks this file, by its path alone: what the agent cannot, or will not, judge. */
  blocks(file: string): boolean;
  /**
   * `caught`: the kinds of what only this pass hid, one entry for each value, without the names of patterns; `late`: those of
   * them that the agent should have hidden.
   */
  hit(hit: Hit): { hit: Hit; caught: string[]; late: string[] };
  /** A path as a caller gave it, for the log. */
  path(file: string): string;
  /** What a caller wrote: an expression, a condition, a name. Without pseudonyms, as is all that can repeat it. */
  text(text: string): string;
  bound(bound: BoundPlace): BoundPlace;
  problem(problem: Problem): Problem;
  observation(observation: Observation): Observation;
  /** `file`: the one that was asked for, which stands for one that the agent does not name. */
  inspection(inspection: Inspection, file: string): Inspection;
}

/** Why nothing is told of a file that the agent should not have told of. */
export const BLOCKED: Problem = {
  code: 'BLOCKED_BY_POLICY',
  message: 'the file may never be inspected, by a policy of the organization',
  hint: 'Look at the code that calls it, or ask who administers the organization.',
};

/** What agents are not told, and what was not looked at because there was no time left for it. */
const OF_PATTERNS: ReadonlySet<string> = new Set([POLICY_PATTERN, UNEXAMINED]);

const NOTHING_BLOCKED = { files: [], packages: [], classes: [] };

/**
 * `renew`: where this process may have missed a change, such as after it stood still, a look whether the policy still holds;
 * else undefined.
 */
export function createRedaction(
  policies: Pick<Policies, 'current'>,
  renew: (organization: string) => Promise<unknown> | undefined = () => undefined,
): Redaction {
  // By the promise and not by what it brings, so that nobody is answered before who asked first.
  const passes = new WeakMap<Promise<CurrentRules>, Promise<PassIn>>();
  /** The last look for each organization: who comes behind it waits for it, too. */
  const looks = new Map<string, Promise<unknown>>();

  async function looked(organization: string): Promise<void> {
    const look = renew(organization) ?? looks.get(organization);
    if (look === undefined) return;
    looks.set(organization, look);
    try {
      await look;
    } finally {
      if (looks.get(organization) === look) looks.delete(organization);
    }
  }

  return {
    async of(organization, environment) {
      await looked(organization);
      const rules = policies.current(organization);
      const passIn = passes.get(rules) ?? rules.then(passesBy);
      passes.set(rules, passIn);
      return (await passIn)(environment);
    },
  };
}

/** One pass for each mode: environments are more than there are modes. */
type PassIn = (environment: string | undefined) => SecondPass;

function passesBy(rules: CurrentRules): PassIn {
  const made = new Map<RedactionMode, SecondPass>();
  return (environment) => {
    const policy = rules.in(environment);
    const { mode = 'standard' } = policy;
    const pass = made.get(mode) ?? secondPass(policy, rules.patterns);
    made.set(mode, pass);
    return pass;
  };
}

function secondPass(policy: Policy, ownPatterns: CurrentRules['patterns']): SecondPass {
  const blocklist = createBlocklist(policy.blocked ?? NOTHING_BLOCKED);
  const patterns = createPatternFinder(ownPatterns, () => performance.now());
  const redactor = createPolicyRedactor(policy, patterns);
  const { pseudonymKey: _key, ...withoutKey } = policy;
  const written = createPolicyRedactor(withoutKey, patterns);
  const clean = cleaner(written);
  const ofPatterns = kindsOf(ownPatterns);
  const hidesEnds = patterns !== undefined && redactor.mode === 'standard';
  /** The patterns have the whole time for each thing that is looked at. */
  const anew = <T>(work: () => T): T => {
    patterns?.begin();
    return work();
  };
  return {
    blocks: (file) => blocklist.path(file),
    hit: (captured) =>
      anew(() => {
        const isBlocked = (name: string) => blocklist.class(name);
        const { hit, caught } = redactHit(captured, redactor, written, isBlocked, hidesEnds);
        const kinds = caught.map(({ kind }) => (ofPatterns.has(kind) ? POLICY_PATTERN : kind));
        return { hit, caught: kinds, late: kinds.filter((kind) => !(patterns !== undefined && OF_PATTERNS.has(kind))) };
      }),
    path: (file) => anew(() => clean(file, LIMITS.pathLength)),
    text: (text) => anew(() => clean(text, LIMITS.stringLength)),
    bound: (bound) => anew(() => redactBound(redactor, bound)),
    problem: (problem) => anew(() => redactProblem(written, problem)),
    observation(observation) {
      const { conditionError: error } = observation;
      if (error === undefined) return observation;
      return { ...observation, conditionError: anew(() => clean(error, LIMITS.errorLength)) };
    },
    inspection(inspection, file) {
      const { bound, scripts } = inspection;
      const told = [...scripts, ...(bound === undefined ? [] : [bound.file])];
      if ((told.length === 0 ? [file] : told).some((path) => blocklist.path(path))) {
        return { problem: BLOCKED, source: [], names: [], scripts: [], pending: false };
      }
      return anew(() => redactInspection(redactor, written, inspection));
    },
  };
}

function redactInspection(redactor: SourceRedactor, written: Redactor, inspection: Inspection): Inspection {
  const { bound, problem, source, scripts, names } = inspection;
  const clean = cleaner(written);
  return {
    ...inspection,
    scripts: scripts.map((script) => clean(script, LIMITS.pathLength)),
    names: names.map((name) => clean(name, LIMITS.nameLength)),
    source: cleanSource(redactor, source),
    ...(bound !== undefined && { bound: redactBound(redactor, bound) }),
    ...(problem !== undefined && { problem: redactProblem(written, problem) }),
  };
}

/** Redacts before it cuts: a placeholder may be longer than what it stands for. */
function cleaner(redactor: Redactor): (text: string, most: number) => string {
  return (text, most) => (redactor.label(text)?.text ?? text).slice(0, most);
}

/** Together, for a secret may span lines; the agent, which has the whole file, has looked further. */
function cleanSource(redactor: SourceRedactor, source: Inspection['source']): Inspection['source'] {
  const whole = source.map(({ text }) => text).join('\n');
  const lines = (redactor.source(whole) ?? whole).split('\n');
  return source.map(({ line }, index) => ({ line, text: (lines[index] ?? '').slice(0, LIMITS.stringLength) }));
}

const HASH = /^[0-9a-f]*$/i;

function redactBound(redactor: Redactor, { scriptHash, ...bound }: BoundPlace): BoundPlace {
  const clean = cleaner(redactor);
  return {
    ...bound,
    ...(scriptHash !== undefined && HASH.test(scriptHash) && { scriptHash }),
    // A folder may have the name of a customer, or a token.
    file: clean(bound.file, LIMITS.pathLength),
    sourceLine: clean(bound.sourceLine, LIMITS.stringLength),
    ...(bound.function !== undefined && { function: clean(bound.function, LIMITS.nameLength) }),
    ...(bound.note !== undefined && { note: clean(bound.note, LIMITS.stringLength) }),
  };
}

/** Messages quote deployed source and names of files. */
function redactProblem(redactor: Redactor, problem: Problem): Problem {
  const clean = cleaner(redactor);
  return {
    ...problem,
    message: clean(problem.message, LIMITS.messageLength),
    ...(problem.hint !== undefined && { hint: clean(problem.hint, LIMITS.messageLength) }),
  };
}
