import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '@borescope/agent-protocol';

/** The address under which a client reached the broker, without a slash at the end; undefined where it cannot be known. */
export type BaseUrl = (headers: IncomingHttpHeaders) => string | undefined;

export interface BaseUrlOptions {
  readonly publicUrl: string | undefined;
  /** It listens on loopback only. */
  readonly loopback: boolean;
  readonly tls: boolean;
}

/**
 * Sign-ins need one address that client and browser agree on: the public URL. A broker on loopback has none, and there it is
 * the name that the client uses (`localhost`, `127.0.0.1`, the port of a tunnel), which the check of the Host header has let
 * through. Passwords go over TLS, or do not leave the machine.
 */
export function createBaseUrl({ publicUrl, loopback, tls }: BaseUrlOptions): BaseUrl {
  if (publicUrl !== undefined) {
    const { origin, protocol, hostname } = new URL(publicUrl);
    const safe = protocol === 'https:' || isLoopback(hostname);
    return () => (safe ? origin : undefined);
  }
  return ({ host }) => {
    const url = `${tls ? 'https' : 'http'}://${host ?? ''}`;
    return loopback && URL.canParse(url) ? new URL(url).origin : undefined;
  };
}
