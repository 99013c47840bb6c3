/** The name that was probably meant: the same but for case, or a letter or two off. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const wanted = name.toLowerCase();
  const most = wanted.length <= 4 ? 1 : 2;
  const ranked = known
    .filter((other) => other !== name && other.length <= 64)
    .map((other) => ({ other, far: editDistance(wanted, other.toLowerCase()), exact: editDistance(name, other) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far || a.exact - b.exact || (a.other < b.other ? -1 : 1));
  return ranked[0]?.other;
}

/** Levenshtein, two rows. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++) {
      const change = (row[k - 1] ?? 0) + (a[i - 1] === b[k - 1] ? 0 : 1);
      next[k] = Math.min(change, (row[k] ?? 0) + 1, (next[k - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
