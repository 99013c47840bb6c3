import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS } from '@borescope/agent-protocol';
import { WebSocketServer } from 'ws';
import type { Attachments } from '../access/attachments.ts';
import { authenticate } from '../access/authenticate.ts';
import { bearerCredential } from '../access/credentials.ts';
import type { Tokens } from '../access/tokens.ts';
import type { AgentSessions } from '../agents/sessions.ts';
import { createTurnstile } from '../agents/turnstile.ts';
import type { Log } from '../log.ts';
import { clientAddress } from './client-address.ts';
import type { HostCheck } from './host-check.ts';
import { accessDenied, HttpError, type HttpErrorCode, unavailable } from './http-error.ts';
import { refuseRaw } from './raw-refusal.ts';
import { checkRequest } from './request-limits.ts';
import type { Headers } from './security-headers.ts';

export interface AgentUpgradeOptions {
  readonly tokens: Tokens;
  readonly attachments: Attachments;
  readonly sessions: AgentSessions;
  readonly hosts: HostCheck;
  /** On each refusal. */
  readonly headers: Headers;
  readonly log: Log;
  /** Told of each agent that is not let in. */
  readonly onRefused: (reason: HttpErrorCode) => void;
  /** How many agents this process can hold. */
  readonly capacity: number;
  readonly draining: () => boolean;
}

/** Serves `/agent/v1`: who it is is known before the connection becomes a WebSocket. */
export function serveAgents(server: Server, options: AgentUpgradeOptions): void {
  const { sessions, attachments, log, onRefused, headers } = options;
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  // Let in by its token, and then no WebSocket: the version or the key of the handshake is not there.
  upgrader.on('wsClientError', (_error, socket) => refuseRaw(socket, notWebSocket(), headers));
  const turn = createTurnstile();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const ignore = () => undefined;
    socket.on('error', ignore);
    admit(request, options, turn).then(
      ({ caller, standing }) => {
        if (socket.destroyed) return;
        socket.off('error', ignore);
        upgrader.handleUpgrade(request, socket, head, (webSocket) => {
          const { organization, tokenId } = caller;
          const detach = attachments.add(standing, () => sessions.closeByToken(organization, tokenId));
          webSocket.once('close', detach);
          sessions.accept(webSocket, caller, clientAddress(request), socket);
        });
      },
      (error: unknown) => {
        const remote = clientAddress(request);
        const refusal = error instanceof HttpError ? error : unavailable('The broker cannot check the token now.');
        onRefused(refusal.code);
        if (refusal !== error) log.error({ err: error, remote }, 'an agent could not be let in');
        else log.warn({ remote, reason: refusal.code, text: refusal.message }, 'agent refused');
        refuseRaw(socket, refusal, headers);
      },
    );
  });
}

function notWebSocket(): HttpError {
  const hint = 'Connect by GET with Upgrade: websocket, a Sec-WebSocket-Key and Sec-WebSocket-Version: 13.';
  return new HttpError('BAD_REQUEST', 'this is no handshake of a WebSocket', hint, { 'sec-websocket-version': '13' });
}

async function admit(request: IncomingMessage, options: AgentUpgradeOptions, turn: () => Promise<void>) {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== '/agent/v1') {
    throw new HttpError('NOT_FOUND', 'there is no WebSocket at this path', 'Agents connect to /agent/v1.');
  }
  checkRequest(request);
  options.hosts.checkOrigin(request.headers.origin);
  if (options.draining()) throw unavailable('The broker is shutting down.');
  checkCapacity(options);
  await turn();
  const found = await authenticate(options.tokens, bearerCredential(request.headers), 'agent');
  if (!found.ok) throw accessDenied(found);
  // Again: others may have been let in meanwhile.
  checkCapacity(options);
  return found;
}

/** Every open socket counts: one that says nothing takes a file as well. */
function checkCapacity({ sessions, capacity }: AgentUpgradeOptions): void {
  if (sessions.open() >= capacity) throw unavailable('The broker holds as many agents as it can.');
}
