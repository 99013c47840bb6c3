import { createHash } from 'node:crypto';
import { isLoopback } from '@borescope/agent-protocol';

export type Headers = Readonly<Record<string, string>>;

/** Of what is no page: nothing of it may run, load, be framed or sent from. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * On every answer, whichever way it goes out: what helmet 8 sets, stricter where the broker can be. A table of our own, since
 * half of the answers (refused upgrades, requests that cannot be parsed, streams of MCP) never pass a plugin of Fastify.
 */
const ALWAYS = {
  'content-security-policy': DATA_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  // The filter of old browsers, which made holes of its own.
  'x-xss-protection': '0',
  'cache-control': 'no-store',
} as const;

export interface Reach {
  readonly host: string;
  readonly publicUrl?: string | undefined;
  /** By the broker itself, or by a declared proxy. */
  readonly tls: boolean;
}

/**
 * The headers of a broker that is reached so. HSTS (RFC 6797) only where people come by TLS and a name of its own: browsers hold
 * a name to it on every port, so for `localhost` it would take away whatever else is served there. Without
 * includeSubDomains, since those need not be ours.
 */
export function securityHeaders({ host, publicUrl, tls }: Reach): Headers {
  const address = publicUrl ?? `https://${host.includes(':') ? `[${host}]` : host}`;
  const demand = tls && address.startsWith('https:') && !isLoopback(hostnameOf(address));
  return demand ? { ...ALWAYS, 'strict-transport-security': 'max-age=31536000' } : ALWAYS;
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

export interface Page {
  /** The whole text of each `style` element. */
  readonly styles: readonly string[];
  /** URIs that a form may lead to by redirects, beside the broker itself: the one that a sign-in ends at. */
  readonly formTargets?: readonly string[];
}

/** The content-security-policy of a page: no script, these styles, forms to where they have to go. */
export function pagePolicy({ styles, formTargets = [] }: Page): string {
  const hashes = styles.map((style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  const directives = [
    "default-src 'none'",
    `style-src ${hashes.length === 0 ? "'none'" : hashes.join(' ')}`,
    `form-action ${["'self'", ...formTargets.map(source)].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return directives.join('; ');
}

/**
 * A URI as a source of CSP: its origin, or the scheme alone where an origin cannot be written so (`cursor://...`, IPv6). Nothing
 * of a URI that somebody else has chosen gets in but what a source may consist of.
 */
function source(uri: string): string {
  const { protocol, hostname, host } = new URL(uri);
  const web = protocol === 'http:' || protocol === 'https:';
  return web && /^[a-z0-9.-]+$/.test(hostname) ? `${protocol}//${host}` : protocol;
}
