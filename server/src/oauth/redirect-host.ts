const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Where a person is sent back to, as the consent page names it: this tells one application from another, names do not. */
export interface RedirectHost {
  readonly name: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
  readonly uri: string;
}

export function redirectHost(uri: string): RedirectHost {
  const url = new URL(uri);
  if (LOOPBACK.has(url.hostname) && url.protocol === 'http:') {
    const meaning =
      'A program on the computer at which this browser runs. Go on only if you have just started it there.';
    return { name: `this computer (${url.host})`, meaning, uri };
  }
  if (url.protocol === 'https:') {
    const meaning = 'A web site that will act for you from there. Go on only if you know it.';
    return { name: url.host, meaning, uri };
  }
  const meaning = 'An application that is installed where this browser runs and opens links of this kind.';
  return { name: `${url.protocol}//${url.host}`, meaning, uri };
}
