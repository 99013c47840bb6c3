import { lookup } from 'node:dns';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { BlockList, isIP } from 'node:net';
import { clientMetadata } from './registration.ts';

/** Bytes of a document. The draft of client-id metadata documents recommends this limit. */
const MOST_BYTES = 5 * 1024;
/** Milliseconds for all of it. */
const WITHIN = 5_000;

/** Addresses that are not of the public internet: what an attacker would have the broker ask for them. */
const SPECIAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv4');
}

/** Only global unicast (2000::/3) is public in IPv6, and of that not what carries or translates other addresses. */
const PUBLIC6 = new BlockList();
PUBLIC6.addSubnet('2000::', 3, 'ipv6');
const SPECIAL6 = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL6.addSubnet(network, prefix, 'ipv6');
}

export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !SPECIAL.check(address, 'ipv4');
  return version === 6 && PUBLIC6.check(address, 'ipv6') && !SPECIAL6.check(address, 'ipv6');
}

/** The address that is connected to is the one that was looked at: a name cannot change its mind in between. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const blocked = addresses?.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses ?? [];
    if (error !== null) callback(error, '');
    else if (blocked !== undefined || first === undefined) {
      callback(new Error('the host of a client-id document has no public address'), '');
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

export interface DocumentFetchOptions {
  /** How names become addresses; only public ones where not given. */
  readonly lookup?: LookupFunction;
  /** Certificates that are trusted besides those of the system, in PEM. */
  readonly ca?: string;
}

/**
 * Fetches a client-id metadata document, as the provider asks for one: over TLS from a public address only, without
 * following anywhere, within bounds of time and size. The answer holds what we go by of it, and nothing else.
 */
export function createDocumentFetch({ lookup: resolve = publicLookup, ca }: DocumentFetchOptions = {}) {
  return async (input: string | URL | Request): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'https:') throw new Error('a client-id document is fetched over https only');
    // Node asks no lookup for a host that is an address already.
    if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) throw new Error('a client-id has the name of a host');
    const { status, body, caching } = await get(url, resolve, ca);
    if (status !== 200) return new Response(null, { status: status < 200 || status > 599 ? 502 : status });
    const document: unknown = JSON.parse(body);
    const id = typeof document === 'object' && document !== null && 'client_id' in document ? document.client_id : '';
    const { token_endpoint_auth_method: method } = document as { token_endpoint_auth_method?: unknown };
    // Whoever can read the document could read a secret in it: there is none.
    const metadata = clientMetadata({ ...(document as object), token_endpoint_auth_method: method ?? 'none' });
    return Response.json({ ...metadata, client_id: id }, { headers: caching });
  };
}

function get(
  url: URL,
  resolve: LookupFunction,
  ca: string | undefined,
): Promise<{ status: number; body: string; caching: Record<string, string> }> {
  return new Promise((done, fail) => {
    const options = {
      lookup: resolve,
      headers: { accept: 'application/json' },
      // A connection of its own: none that was made under other rules.
      agent: false as const,
      signal: AbortSignal.timeout(WITHIN),
      ...(ca !== undefined && { ca }),
    };
    const asked = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) response.destroy(new Error(`a client-id document has more than ${MOST_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        const caching = response.headers['cache-control'];
        done({
          status: response.statusCode ?? 502,
          body: Buffer.concat(chunks).toString('utf8'),
          caching: caching === undefined ? {} : { 'cache-control': caching },
        });
      });
    });
    asked.once('error', fail);
    asked.end();
  });
}
