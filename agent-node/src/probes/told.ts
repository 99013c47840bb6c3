/**
 * What is told beside captured values: names of functions, paths of files, messages. A folder may have the name of a customer, and
 * so may a function. The broker looks at them again, which is no reason to let them leave the process.
 */
import { type BoundPlace, type Hit, type Inspection, LIMITS, type Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import { FAILED_KIND } from '../capture/guarded-redactor.ts';

type Label = (text: string, most: number) => string;

export function toldHit(hit: Hit, redactor: Redactor): Hit {
  const found: string[] = [];
  const label = labelling(redactor, (kind) => found.push(kind));
  const told: Hit = {
    ...hit,
    file: label(hit.file, LIMITS.pathLength),
    function: label(hit.function, LIMITS.nameLength),
    stack: hit.stack.map((frame) => ({
      ...frame,
      function: label(frame.function, LIMITS.nameLength),
      file: label(frame.file, LIMITS.pathLength),
    })),
  };
  if (found.length === 0) return hit;
  const kinds = [...new Set([...hit.redactions.kinds, ...found])].slice(0, LIMITS.hiddenKinds);
  return { ...told, redactions: { count: hit.redactions.count + found.length, kinds } };
}

export function toldPlace(place: BoundPlace, redactor: Redactor): BoundPlace {
  const label = labelling(redactor);
  return {
    ...place,
    file: label(place.file, LIMITS.pathLength),
    ...(place.function !== undefined && { function: label(place.function, LIMITS.nameLength) }),
    ...(place.note !== undefined && { note: label(place.note, LIMITS.stringLength) }),
  };
}

/** `written`: without pseudonyms, for a message can name what the caller wrote. */
export function toldProblem(problem: Problem, written: Redactor): Problem {
  const label = labelling(written);
  return {
    ...problem,
    message: label(problem.message, LIMITS.messageLength),
    ...(problem.hint !== undefined && { hint: label(problem.hint, LIMITS.messageLength) }),
  };
}

export function toldInspection(inspection: Inspection, redactor: Redactor, written: Redactor): Inspection {
  const { bound, problem, scripts } = inspection;
  const label = labelling(written);
  return {
    ...inspection,
    scripts: scripts.map((script) => label(script, LIMITS.pathLength)),
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
