/**
 * What is told beside captured values: names of functions, paths of files, messages. A folder may have the name of a customer, and
 * so may a function. The broker looks at them again, which is no reason to let them leave the process.
 */
import { type BoundPlace, type Hit, type Inspection, LIMITS, type Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import { FAILED_KIND } from '../capture/guarded-redactor.ts';

/** UTF-16 code units that the wire takes of a name, a path, a problem's message and hint. */
const NAME = 1024;
const PATH = 4096;
const PROBLEM = 4096;
/** Kinds that a hit may list. */
const KINDS = 256;

type Label = (text: string, most: number) => string;

export function toldHit(hit: Hit, redactor: Redactor): Hit {
  const found: string[] = [];
  const label = labelling(redactor, (kind) => found.push(kind));
  const told: Hit = {
    ...hit,
    file: label(hit.file, PATH),
    function: label(hit.function, NAME),
    stack: hit.stack.map((frame) => ({
      ...frame,
      function: label(frame.function, NAME),
      file: label(frame.file, PATH),
    })),
  };
  if (found.length === 0) return hit;
  const kinds = [...new Set([...hit.redactions.kinds, ...found])].slice(0, KINDS);
  return { ...told, redactions: { count: hit.redactions.count + found.length, kinds } };
}

export function toldPlace(place: BoundPlace, redactor: Redactor): BoundPlace {
  const label = labelling(redactor);
  return {
    ...place,
    file: label(place.file, PATH),
    ...(place.function !== undefined && { function: label(place.function, NAME) }),
    ...(place.note !== undefined && { note: label(place.note, LIMITS.stringLength) }),
  };
}

/** `written`: without pseudonyms, for a message can name what the caller wrote. */
export function toldProblem(problem: Problem, written: Redactor): Problem {
  const label = labelling(written);
  return {
    ...problem,
    message: label(problem.message, PROBLEM),
    ...(problem.hint !== undefined && { hint: label(problem.hint, PROBLEM) }),
  };
}

export function toldInspection(inspection: Inspection, redactor: Redactor, written: Redactor): Inspection {
  const { bound, problem, scripts } = inspection;
  const label = labelling(written);
  return {
    ...inspection,
    scripts: scripts.map((script) => label(script, PATH)),
    ...(bound !== undefined && { bound: toldPlace(bound, redactor) }),
    ...(problem !== undefined && { problem: toldProblem(problem, written) }),
  };
}

/** Redacts before it cuts, and leaves nothing where it cannot. */
function labelling(redactor: Redactor, count: (kind: string) => void = () => {}): Label {
  return (text, most) => {
    try {
      const found = redactor.label(text);
      if (found === undefined) return text;
      for (const { kind } of found.findings) count(kind);
      return found.text.slice(0, most);
    } catch {
      count(FAILED_KIND);
      return `[redacted:${FAILED_KIND}]`;
    }
  };
}
