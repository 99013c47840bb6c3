import type { Place } from '@borescope/agent-protocol';
import type { Redaction } from '../hits/redaction.ts';
import type { ApprovalRequest } from '../policies/approvals.ts';
import { blocked } from '../policies/policy.ts';
import type { AttachedRuntime } from '../store/store.ts';
import type { Orders } from './orders.ts';

/** Milliseconds that a runtime has to say which line is to be approved. */
const DESCRIBE_WITHIN = 5_000;
/** Different lines that a person is shown at once: one of each version that is deployed side by side. */
const MOST_LINES = 5;

/** What a person is shown of the code at a place; redacted. */
export type DeployedLines = Pick<ApprovalRequest, 'line' | 'source_line' | 'other_source_lines'>;

/** Throws BLOCKED_BY_POLICY where there are more different lines than a person is shown. */
export type DeployedLinesOf = (
  organization: string,
  place: Place,
  found: readonly AttachedRuntime[],
) => Promise<DeployedLines>;

/** Every runtime is asked, for several versions may run side by side. */
export function createDeployedLines({ orders, redaction }: { orders: Orders; redaction: Redaction }): DeployedLinesOf {
  return async (organization, place, found) => {
    const said = await Promise.all(
      found.map(async (attached) => {
        const inspection = await orders.inspect(organization, attached, place, DESCRIBE_WITHIN);
        const pass = await redaction.of(organization, attached.runtime.environment);
        return inspection && pass.inspection(inspection, place.file).bound;
      }),
    );
    const told = said.filter((bound) => bound !== undefined);
    const lines = new Set(told.map(({ sourceLine }) => sourceLine));
    // An empty one stands for runtimes that could not say; last, so that what is known is shown first.
    if (told.length < said.length) {
      lines.delete('');
      lines.add('');
    }
    if (lines.size > MOST_LINES) {
      throw blocked(
        `the runtimes run ${lines.size} different lines there, and a person is asked about ${MOST_LINES} at most`,
        'Choose runtimes of one version.',
      );
    }
    const [first = '', ...others] = lines;
    return {
      line: told[0]?.line ?? place.line,
      source_line: first,
      ...(others.length > 0 && { other_source_lines: others }),
    };
  };
}

/** Every line that stands there now is one of those that were shown. */
export function wereShown(now: DeployedLines, shown: DeployedLines): boolean {
  const known = new Set(allOf(shown));
  return allOf(now).every((line) => known.has(line));
}

function allOf({ source_line: first, other_source_lines: others = [] }: DeployedLines): string[] {
  return [first, ...others];
}
