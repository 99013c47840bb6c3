import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';

/** Entries of `X-Forwarded-For` that are looked at, from the last on: no chain of proxies is longer. */
const MOST_HOPS = 20;
const IPV4_IN_IPV6 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** What is known of each request: whoever asks has only the request, and not the settings. */
const noted = new WeakMap<IncomingMessage, string>();

/**
 * The address of the one who sent the request, in the canonical form (`192.0.2.1`, `2001:db8::1`): that of the peer, or
 * behind a trusted proxy the one that the proxy has told. A client cannot choose it. `unknown` where it is gone already.
 */
export function clientAddress(request: IncomingMessage | { readonly raw: IncomingMessage }): string {
  const raw = 'raw' in request ? request.raw : request;
  return noted.get(raw) ?? peerAddress(raw);
}

export interface ClientAddressOptions {
  /** Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For` is believed; none where no proxy is declared. */
  readonly trustedProxies: readonly string[];
  /** Called once where a peer that is not among them sends that header, with its address. */
  readonly onIgnored: (peer: string) => void;
}

/**
 * Takes note of who sent a request, before anything else sees it. Fastify's own `trustProxy` is not used: it would also
 * believe `X-Forwarded-Host` and `X-Forwarded-Proto`, take any text for an address, and know nothing of upgrades.
 */
export function createClientAddressNote({ trustedProxies, onIgnored }: ClientAddressOptions) {
  const trusted = new BlockList();
  for (const entry of trustedProxies) addEntry(trusted, entry);
  let told = false;
  return (request: IncomingMessage): void => {
    const header = request.headers['x-forwarded-for'];
    if (header === undefined || trustedProxies.length === 0) return;
    const peer = peerAddress(request);
    const chain = Array.isArray(header) ? header.join(',') : header;
    noted.set(request, lastUntrusted(trusted, peer, chain));
    if (told || isTrusted(trusted, peer)) return;
    told = true;
    onIgnored(peer);
  };
}

/**
 * Each trusted hop vouches for the entry before its own: from the last one to the first that no trusted hop stands behind.
 * What is no address (`unknown`, a name, rubbish that a client put there) ends the chain at the hop that passed it on.
 */
function lastUntrusted(trusted: BlockList, peer: string, chain: string): string {
  let address = peer;
  for (const entry of chain.split(',').slice(-MOST_HOPS).reverse()) {
    if (!isTrusted(trusted, address)) break;
    const before = canonical(withoutPort(entry.trim()));
    if (before === undefined) break;
    address = before;
  }
  return address;
}

function peerAddress(request: IncomingMessage): string {
  return canonical(request.socket.remoteAddress ?? '') ?? 'unknown';
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
}

/** One address has one text, also as an IPv4 address inside of IPv6; undefined for what is no address. */
function canonical(address: string): string | undefined {
  const inner = IPV4_IN_IPV6.exec(address)?.[1] ?? address;
  const version = isIP(inner);
  if (version === 4) return inner;
  // A zone (`fe80::1%eth0`) names an interface of the machine that wrote it.
  if (version !== 6 || inner.includes('%')) return undefined;
  const { address: text } = new SocketAddress({ address: inner, family: 'ipv6' });
  return IPV4_IN_IPV6.exec(text)?.[1] ?? text;
}

function isTrusted(trusted: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
}
