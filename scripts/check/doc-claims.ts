/** What a page says that can be looked up. Pure. */

export interface Link {
  /** As written: `limits.md#limits`, `../SECURITY.md`. */
  readonly target: string;
  readonly line: number;
}

/** Links and images of a Markdown page that stay inside the repository. */
export function localLinks(markdown: string): Link[] {
  const links: Link[] = [];
  for (const { text, line } of proseLines(markdown)) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (!/^[a-z]+:/.test(target)) links.push({ target, line });
    }
  }
  return links;
}

/** The anchors of a page's headings, by GitHub's rule: lower case, no punctuation, spaces to dashes. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const { text } of proseLines(markdown)) {
    const heading = /^#{1,6} (.+)$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .toLowerCase()
      .replace(/&[a-z]+;/g, '')
      .replace(/[^\p{L}\p{N} _-]/gu, '');
    anchors.add(slug.replaceAll(' ', '-'));
  }
  return anchors;
}

/** Promises that a page names as its tests, `tokens:bound`: code spans that begin with the name of a group of them. */
export function promiseNames(markdown: string, groups: ReadonlySet<string>): { name: string; line: number }[] {
  const names: { name: string; line: number }[] = [];
  for (const { text, line } of proseLines(markdown)) {
    for (const [, name = '', group = ''] of text.matchAll(/`(([a-z][a-z-]*):[a-z][a-z-]*)`/g)) {
      if (groups.has(group)) names.push({ name, line });
    }
  }
  return names;
}

/** `start` and `run check` of `npm start`, `npm run check`. */
export function npmScripts(markdown: string): string[] {
  return [...markdown.matchAll(/\bnpm (?:run ([a-z][a-z:-]*)|(start|test)\b)/g)].map(
    ([, run, own]) => run ?? own ?? '',
  );
}

export function settingNames(text: string): Set<string> {
  return new Set([...text.matchAll(/\bBORESCOPE_[A-Z]+(?:_[A-Z]+)*\b/g)].map(([name]) => name));
}

function* proseLines(markdown: string): Generator<{ text: string; line: number }> {
  let fenced = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (/^\s*(```|~~~)/.test(text)) fenced = !fenced;
    else if (!fenced) yield { text, line: index + 1 };
  }
}
