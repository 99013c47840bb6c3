import { pagePolicy } from '../http/security-headers.ts';
import { Html, html } from './html.ts';

/** One style for all pages, allowed by its hash. Colours have a contrast of at least 4.5 to 1 in both modes. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --soft: #57606a; --page: #f4f5f7; --card: #fff; --line: #d0d7de; --main: #0b5cad; --on-main: #fff; --bad: #b3261e; --tint: #eef4fb }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a6aeb7; --page: #111417; --card: #1a1e22; --line: #3a424a; --main: #7db8f5; --on-main: #0b1117; --bad: #ff9b93; --tint: #1d2833 } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1.5rem 1rem; color: var(--ink); background: var(--page) }
main { max-width: 27rem; margin: 4vh auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .75rem }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem }
p, ul, dl { margin: .6rem 0 }
ul { padding-left: 1.2rem }
dt { color: var(--soft); font-size: .875rem }
dd { margin: 0 0 .6rem; overflow-wrap: anywhere }
.brand { color: var(--soft); font-size: .875rem; letter-spacing: .02em; margin: 0 0 1rem }
.host { background: var(--tint); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem }
.host strong { display: block; font-size: 1.15rem; overflow-wrap: anywhere }
.note { color: var(--soft); font-size: .875rem }
.bad { color: var(--bad); border-left: 3px solid var(--bad); padding-left: .75rem }
label { display: block; font-weight: 600; margin-top: .9rem }
input { font: inherit; width: 100%; padding: .6rem .7rem; margin-top: .25rem; color: inherit; background: var(--page); border: 1px solid var(--soft); border-radius: 8px }
.code { font: 1.4rem/1.4 ui-monospace, monospace; letter-spacing: .12em; text-transform: uppercase }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.25rem }
button { font: inherit; font-weight: 600; flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--main); border-radius: 8px; color: var(--on-main); background: var(--main); cursor: pointer }
button.other { color: var(--ink); background: transparent; border-color: var(--soft) }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--main); outline-offset: 2px }
a { color: var(--main) }
li form { display: inline } li button { flex: none; min-height: 2rem; padding: .1rem .7rem; margin-left: .5rem }
`;

/** A page for a person, complete. No script, nothing from elsewhere. */
export interface Page {
  readonly status: number;
  readonly body: string;
  /** The URI at which an application waits: where its forms may lead by redirects, beside to us. */
  readonly formTarget?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function page(title: string, content: Html, rest: Partial<Omit<Page, 'body'>> = {}): Page {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Borescope</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<p class="brand">Borescope</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { status: 200, ...rest, body: text };
}

/**
 * What a page has besides what every answer has. With `no-referrer` browsers would send `Origin: null` with our own forms, which
 * the check of origins refuses.
 */
export function pageHeaders({ formTarget, headers }: Pick<Page, 'formTarget' | 'headers'>): Record<string, string> {
  const policy = pagePolicy({ styles: [STYLE], ...(formTarget !== undefined && { formTargets: [formTarget] }) });
  return {
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'same-origin',
    'content-security-policy': policy,
    ...headers,
  };
}

export function message(title: string, text: string, status: number, hint?: string): Page {
  return page(title, html`<p>${text}</p>${hint !== undefined && html`<p class="note">${hint}</p>`}`, { status });
}
