/**
 * About how many instructions a pattern of RE2 compiles to, from its text alone: one for each character, class and escape,
 * times the counts that stand behind it. Compiling repeats what is counted before anything can be measured, so that a
 * pattern of 500 characters would take a second of the thread; this takes no longer than the text is long. Alternatives that begin
 * alike, and counts of nothing, compile to less.
 */
export function patternSize(text: string): number {
  /** Sizes of the groups that are open, the whole first; and of what stands last in each. */
  const sizes = [0];
  const lasts = [0];
  const add = (size: number) => {
    const depth = sizes.length - 1;
    sizes[depth] = (sizes[depth] ?? 0) + size;
    lasts[depth] = size;
  };
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const count = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
    if (count !== null) {
      const times = Number(count[2] || count[1]);
      const last = lasts.at(-1) ?? 0;
      add(last * Math.max(0, times - 1));
      lasts[lasts.length - 1] = last * Math.max(1, times);
      at += count[0].length;
    } else if (rest.startsWith('(')) {
      sizes.push(0);
      lasts.push(0);
      at += 1;
    } else if (rest.startsWith(')') && sizes.length > 1) {
      lasts.pop();
      add(sizes.pop() ?? 0);
      at += 1;
    } else {
      add(1);
      at += (ATOM.exec(rest)?.[0] ?? rest[0] ?? '').length;
    }
  }
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A quotation, which has no counts inside, an escape, a class, or a character. */
const ATOM =
  /^(?:\\Q[\s\S]*?(?:\\E|$)|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|[\s\S])/;
