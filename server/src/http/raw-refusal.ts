import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpError } from './http-error.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Milliseconds after which a peer that does not read loses its socket. */
const LINGER = 2000;

/** Answers on a bare socket, where there is no response object: a refused upgrade, a request that cannot be parsed. */
export function refuseRaw(socket: Duplex, error: HttpError): void {
  const body = JSON.stringify(error.body());
  const headers = {
    ...SECURITY_HEADERS,
    ...error.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
