import { type IncomingHttpHeaders, request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';
import { connect } from 'node:net';

const LIMIT_MS = 10_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request with just these headers: `fetch` sets the Host header itself, and knows no certificates. */
export function ask(url: string, options: RequestOptions = {}, sending?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? requestTls : requestPlain;
    const signal = AbortSignal.timeout(LIMIT_MS);
    const sent = request(url, { signal, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(sending);
  });
}

/** What comes back on a bare connection for these bytes, until the broker closes it; rejects after 10 s. */
export async function rawAnswer(port: number, ...bytes: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const timer = setTimeout(() => socket.destroy(new Error(`not closed within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  try {
    for (const part of bytes) socket.write(part);
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    return answer;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
