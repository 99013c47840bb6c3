/**
 * Percent of a core for each place, in the order of `asked`: for each the percentages of its actions. A place gets their
 * sum, and all places together never more than `most`.
 */
export function shares(asked: readonly (readonly number[])[], most: number): number[] {
  const wanted = asked.map((percents) =>
    Math.min(
      most,
      percents.reduce((sum, percent) => sum + percent, 0),
    ),
  );
  const total = wanted.reduce((sum, percent) => sum + percent, 0);
  return total <= most ? wanted : wanted.map((percent) => (percent * most) / total);
}
