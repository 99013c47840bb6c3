import {
  type BoundPlace,
  type Hit,
  type Inspection,
  LIMITS,
  type Observation,
  type Problem,
} from '@borescope/agent-protocol';
import { createRedactor, type Redactor } from '@borescope/redaction';
import type { Policies } from '../agents/policies.ts';
import { pseudonymBy } from './pseudonym.ts';
import { redactHit } from './redact.ts';

/** The broker's second pass over everything that an agent tells of an application. */
export interface Redaction {
  /** `caught`: the kinds of what only this pass hid, one entry for each value. */
  hit(organization: string, hit: Hit): Promise<{ hit: Hit; caught: string[] }>;
  bound(organization: string, bound: BoundPlace): Promise<BoundPlace>;
  problem(organization: string, problem: Problem): Promise<Problem>;
  observation(organization: string, observation: Observation): Promise<Observation>;
  inspection(organization: string, inspection: Inspection): Promise<Inspection>;
}

/** UTF-16 code units of an error of a condition, and of a problem's message and hint: what the wire takes. */
const ERROR_LENGTH = 1024;
const PROBLEM_LENGTH = 4096;

export function createRedaction(policies: Policies): Redaction {
  const known = new Map<string, { revision: number; redactor: Redactor }>();

  async function redactorOf(organization: string): Promise<Redactor> {
    const policy = await policies.current(organization);
    const held = known.get(organization);
    if (held?.revision === policy.revision) return held.redactor;
    const { keyNames, pseudonymKey } = policy;
    const redactor = createRedactor({
      keyNames,
      ...(pseudonymKey !== undefined && { pseudonym: pseudonymBy(pseudonymKey) }),
    });
    known.set(organization, { revision: policy.revision, redactor });
    return redactor;
  }

  return {
    async hit(organization, captured) {
      const { hit, caught } = redactHit(captured, await redactorOf(organization));
      return { hit, caught: caught.map(({ kind }) => kind) };
    },
    async bound(organization, bound) {
      return redactBound(await redactorOf(organization), bound);
    },
    async problem(organization, problem) {
      return redactProblem(await redactorOf(organization), problem);
    },
    async observation(organization, observation) {
      if (observation.conditionError === undefined) return observation;
      const clean = cleaner(await redactorOf(organization));
      return { ...observation, conditionError: clean(observation.conditionError, ERROR_LENGTH) };
    },
    async inspection(organization, inspection) {
      const redactor = await redactorOf(organization);
      const clean = cleaner(redactor);
      const { bound, problem, source } = inspection;
      return {
        ...inspection,
        source: source.map(({ line, text }) => ({ line, text: clean(text, LIMITS.stringLength) })),
        ...(bound !== undefined && { bound: redactBound(redactor, bound) }),
        ...(problem !== undefined && { problem: redactProblem(redactor, problem) }),
      };
    },
  };
}

/** Redacts before it cuts: a placeholder may be longer than what it stands for. */
function cleaner(redactor: Redactor): (text: string, most: number) => string {
  return (text, most) => (redactor.text(text)?.text ?? text).slice(0, most);
}

function redactBound(redactor: Redactor, bound: BoundPlace): BoundPlace {
  return { ...bound, sourceLine: cleaner(redactor)(bound.sourceLine, LIMITS.stringLength) };
}

/** Messages quote deployed source and names of files. */
function redactProblem(redactor: Redactor, problem: Problem): Problem {
  const clean = cleaner(redactor);
  return {
    ...problem,
    message: clean(problem.message, PROBLEM_LENGTH),
    ...(problem.hint !== undefined && { hint: clean(problem.hint, PROBLEM_LENGTH) }),
  };
}
