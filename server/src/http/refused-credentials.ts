import type { FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { onceAMinute } from '../once-a-minute.ts';
import { clientAddress } from './client-address.ts';
import type { CredentialRefused } from './http-error.ts';

/** Lines in a minute at most: one for each address, and there may be very many. */
const MOST_ADDRESSES = 100;

/**
 * A credential that is refused is of nobody, so no audit tells of it: the log does. A request that brings none is left out,
 * for that is how a client finds out where to sign in.
 */
export function tellOfRefusedCredentials(log: Log): (request: FastifyRequest, refused: CredentialRefused) => void {
  const turn = onceAMinute(() => performance.now(), MOST_ADDRESSES);
  return (request, { code, message }) => {
    const { authorization, token } = request.headers;
    if (authorization === undefined && token === undefined) return;
    const remote = clientAddress(request);
    const passedOver = turn(remote);
    if (passedOver === undefined) return;
    const route = request.routeOptions.url ?? 'none';
    log.warn({ remote, route, reason: code, text: message, passedOver }, 'credential refused');
  };
}
