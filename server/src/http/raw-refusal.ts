import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpError } from './http-error.ts';
import { LINGER } from './request-limits.ts';
import type { Headers } from './security-headers.ts';

/** Answers on a bare socket, where there is no response object: a refused upgrade, a request that cannot be parsed. */
export function refuseRaw(socket: Duplex, error: HttpError, common: Headers): void {
  const body = JSON.stringify(error.body());
  const headers = {
    ...common,
    ...error.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // A peer that does not read loses its socket.
  const timer = setTimeout(() => socket.destroy(), LINGER);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
