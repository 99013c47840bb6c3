import { LIMITS } from '@borescope/agent-protocol';

/**
 * Percent of a core for each place, in the order of `asked`: for each the percentages of its actions. A place gets their
 * sum, and all places together never more than the highest share that one action may have.
 */
export function shares(asked: readonly (readonly number[])[]): number[] {
  const most = LIMITS.maxOverheadPercent;
  const wanted = asked.map((percents) =>
    Math.min(
      most,
      percents.reduce((sum, percent) => sum + percent, 0),
    ),
  );
  const total = wanted.reduce((sum, percent) => sum + percent, 0);
  return total <= most ? wanted : wanted.map((percent) => (percent * most) / total);
}
