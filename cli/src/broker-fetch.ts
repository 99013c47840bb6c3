import { request } from 'node:https';
import { Readable } from 'node:stream';
import { BadAuthorities, distrust, parsePins, type Trust, tlsOptions } from '@borescope/agent-protocol/identity';
import { Failure, UsageError } from './failure.ts';

/** The part of `fetch` that talking to a broker takes: a body is a text. */
export type BrokerFetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** Answers that have no body, by the standard of fetch. */
const EMPTY = new Set([204, 205, 304]);

/**
 * `fetch` for a broker at this address. With TLS the broker proves itself as to an agent: by BORESCOPE_CA and BORESCOPE_PIN
 * where they are set. `fetch` itself can be told neither. Nothing is followed elsewhere. Rejects as `fetch` does, with
 * `Failure` for a broker that does not prove itself, and `UsageError` for authorities that cannot be read.
 * @throws UsageError for settings that do not fit
 */
export function brokerFetch(address: URL, environment: Readonly<Record<string, string | undefined>>): BrokerFetch {
  const { BORESCOPE_CA: ca, BORESCOPE_PIN: pin } = environment;
  const pins = pin === undefined || pin === '' ? [] : parsePins(pin);
  if (pins === undefined) {
    throw new UsageError('BORESCOPE_PIN: sha256/BASE64,sha256/BASE64, at most 10, as borescope serve prints it');
  }
  const trust = { ca: ca === undefined || ca === '' ? null : ca, pins };
  if (address.protocol === 'https:') return (input, init) => fetchTrusted(trust, input, init);
  if (trust.ca === null && pins.length === 0) return fetch;
  throw new UsageError('BORESCOPE_CA and BORESCOPE_PIN: only with an https: address in BORESCOPE_URL');
}

async function fetchTrusted(trust: Trust, input: string | URL, init: RequestInit = {}): Promise<Response> {
  try {
    return await ask(tlsOptions(trust), input, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw init.signal.reason;
    if (error instanceof BadAuthorities) throw new UsageError(error.message);
    const untrusted = distrust(error);
    if (untrusted !== undefined) throw new Failure(`${new URL(input).origin}: ${untrusted}`);
    throw new TypeError('fetch failed', { cause: error });
  }
}

function ask(tls: ReturnType<typeof tlsOptions>, input: string | URL, init: RequestInit): Promise<Response> {
  const { method = 'GET', body, signal } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  return new Promise((resolve, reject) => {
    const sent = request(input, { ...tls, method, headers, ...(signal != null && { signal }) }, (response) => {
      const { statusCode: status = 502, statusMessage: statusText = '' } = response;
      const told = new Headers();
      for (const [name, value] of Object.entries(response.headersDistinct)) {
        for (const one of value ?? []) told.append(name, one);
      }
      if (EMPTY.has(status)) response.resume();
      const content = EMPTY.has(status) ? null : Readable.toWeb(response);
      resolve(new Response(content, { status, statusText, headers: told }));
    });
    sent.once('error', reject);
    sent.end(typeof body === 'string' ? body : undefined);
  });
}
