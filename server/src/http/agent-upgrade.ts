import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS } from '@borescope/agent-protocol';
import { WebSocketServer } from 'ws';
import type { Attachments } from '../access/attachments.ts';
import { authenticate } from '../access/authenticate.ts';
import { bearerCredential } from '../access/credentials.ts';
import type { Tokens } from '../access/tokens.ts';
import type { AgentSessions } from '../agents/sessions.ts';
import type { Log } from '../log.ts';
import type { HostCheck } from './host-check.ts';
import { HttpError } from './http-error.ts';

export interface AgentUpgradeOptions {
  readonly tokens: Tokens;
  readonly attachments: Attachments;
  readonly sessions: AgentSessions;
  readonly hosts: HostCheck;
  readonly log: Log;
  /** How many agents this process can hold. */
  readonly capacity: number;
  readonly draining: () => boolean;
}

/** Serves `/agent/v1`: who it is is known before the connection becomes a WebSocket. */
export function serveAgents(server: Server, options: AgentUpgradeOptions): void {
  const { sessions, attachments, log } = options;
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const ignore = () => undefined;
    socket.on('error', ignore);
    admit(request, options).then(
      (caller) => {
        if (socket.destroyed) return;
        socket.off('error', ignore);
        upgrader.handleUpgrade(request, socket, head, (webSocket) => {
          const token = { organization: caller.organization, id: caller.tokenId };
          const detach = attachments.add(token, () => sessions.closeByToken(token.organization, token.id));
          webSocket.once('close', detach);
          sessions.accept(webSocket, caller, request.socket.remoteAddress ?? 'unknown');
        });
      },
      (error: unknown) => {
        if (!(error instanceof HttpError)) log.error({ err: error }, 'an agent could not be let in');
        refuse(socket, error instanceof HttpError ? error : unavailable('The broker cannot check the token now.'));
      },
    );
  });
}

async function admit(request: IncomingMessage, options: AgentUpgradeOptions) {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== '/agent/v1') {
    throw new HttpError('NOT_FOUND', 'there is no WebSocket at this path', 'Agents connect to /agent/v1.');
  }
  options.hosts.check(request.headers);
  if (options.draining()) throw unavailable('The broker is shutting down.');
  if (options.sessions.count() >= options.capacity) throw unavailable('The broker holds as many agents as it can.');
  const found = await authenticate(options.tokens, bearerCredential(request.headers), 'agent');
  if (found.ok) return found.caller;
  const challenge = { 'www-authenticate': 'Bearer realm="borescope"' };
  throw found.status === 401
    ? new HttpError('UNAUTHENTICATED', found.message, found.hint, challenge)
    : new HttpError('FORBIDDEN', found.message, found.hint);
}

function unavailable(message: string): HttpError {
  return new HttpError('UNAVAILABLE', message, 'Try again in a few seconds.', { 'retry-after': '5' });
}

function refuse(socket: Duplex, error: HttpError): void {
  const body = JSON.stringify(error.body());
  const headers = {
    ...error.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // A peer that never reads must not hold the socket.
  const timer = setTimeout(() => socket.destroy(), 2000);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
