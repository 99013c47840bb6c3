import { isIP } from 'node:net';
import { HttpError } from './http-error.ts';

/** Good Host headers that are remembered: with every port and letter case there is no end of them. */
const MOST_GOOD = 100;
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Against DNS rebinding: a page of a stranger's domain that resolves to this address comes with that domain in `Host`
 * and `Origin`. An IP address cannot be rebound, so on a broker that listens beyond loopback any address is good.
 */
export interface HostCheck {
  /**
   * A page may come from the very address that it asks, or from the public one; not from another port of the same host, where
   * something else is served.
   * @throws HttpError FORBIDDEN
   */
  check(headers: { host?: string | undefined; origin?: string | undefined }): void;
  /**
   * For what no page can ask for: a browser sends no Authorization header with a WebSocket, and always an Origin. Agents
   * reach the broker under names of the inside (a service of Kubernetes, a container), of which there are many.
   * @throws HttpError FORBIDDEN
   */
  checkOrigin(origin: string | undefined): void;
}

export function createHostCheck(options: {
  host: string;
  loopback: boolean;
  publicUrl?: string | undefined;
}): HostCheck {
  const names = new Set([...LOOPBACK_NAMES, hostname(`http://${bracketed(options.host)}`) ?? options.host]);
  const published = options.publicUrl === undefined ? undefined : hostname(options.publicUrl);
  if (published !== undefined) names.add(published);
  const known = (name: string | undefined): boolean =>
    name !== undefined && (names.has(name) || (!options.loopback && isAddress(name)));

  // The same few names come with every request, and taking a URL apart is not cheap.
  const good = new Set<string>();
  const isGood = (host: string): boolean => {
    if (good.has(host)) return true;
    if (!known(hostname(`http://${host}`))) return false;
    if (good.size < MOST_GOOD) good.add(host);
    return true;
  };

  const ownOrigin = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).origin;
  const sameOrigin = (origin: string, host: string): boolean => {
    if (origin === ownOrigin) return true;
    // By the scheme of the origin: TLS may end at a proxy.
    const [scheme] = origin.split('//', 1);
    const asked = `${scheme}//${host}`;
    return URL.canParse(origin) && URL.canParse(asked) && new URL(origin).host === new URL(asked).host;
  };

  return {
    check({ host, origin }) {
      if (host === undefined || !isGood(host)) {
        const hint = 'Use the address that the broker printed, or set BORESCOPE_PUBLIC_URL to the one you use.';
        throw new HttpError('FORBIDDEN', 'the Host header names a host that is not this broker', hint);
      }
      if (origin !== undefined && !sameOrigin(origin, host)) throw foreignOrigin();
    },
    checkOrigin(origin) {
      if (origin !== undefined && !known(hostname(origin))) throw foreignOrigin();
    },
  };
}

function foreignOrigin(): HttpError {
  const hint = 'Pages of other sites may not call the broker. Set BORESCOPE_PUBLIC_URL where this is its own site.';
  return new HttpError('FORBIDDEN', 'the Origin header names a site that is not this broker', hint);
}

/** Lower case, IPv6 in brackets; undefined for `null` origins and for what is no URL. */
function hostname(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname || undefined : undefined;
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
