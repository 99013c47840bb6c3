import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AuthInfo, McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyRequest } from 'fastify';

/** Credentials: they go no further than authentication. */
const WITHHELD = new Set(['authorization', 'token', 'email', 'cookie']);

/**
 * A request whose body was read and parsed before it came here. The signal is kept beside it: one that is handed to
 * `Request` is followed by a second one, which took as long as the rest of this conversion.
 */
class ParsedRequest extends Request {
  /** Aborted when the client has gone. */
  override readonly signal: AbortSignal;

  constructor(request: FastifyRequest, gone: AbortSignal) {
    const { host = 'localhost', ...rest } = request.raw.headers;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined && !WITHHELD.has(name)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    super(`http://${host}${request.raw.url ?? '/'}`, { method: request.method, headers });
    this.signal = gone;
  }
}

/**
 * One exchange of the SDK's handler over a raw reply: what its own adapter for Node does, for a body that is parsed
 * already. The body is not written out and read again, and a whole answer is one write.
 */
export async function exchange(
  handler: McpHttpHandler,
  request: FastifyRequest,
  raw: ServerResponse,
  authInfo: AuthInfo,
): Promise<void> {
  const gone = new AbortController();
  let finished = false;
  raw.once('close', () => {
    if (!finished) gone.abort();
  });
  if (raw.destroyed) gone.abort();
  const response = await handler.fetch(new ParsedRequest(request, gone.signal), { authInfo, parsedBody: request.body });
  // Of what may be kept the broker's own word holds: the SDK's `no-cache` would let a copy be stored.
  const { 'cache-control': _kept, ...headers } = Object.fromEntries(response.headers);
  if (response.body === null) {
    finished = true;
    raw.writeHead(response.status, headers).end();
    return;
  }
  if (!headers['content-type']?.startsWith('text/event-stream')) {
    const body = Buffer.from(await response.arrayBuffer());
    finished = true;
    raw.writeHead(response.status, { ...headers, 'content-length': body.length }).end(body);
    return;
  }
  // Compressed on its way a stream would arrive in lumps.
  raw.writeHead(response.status, { ...headers, 'cache-control': 'no-store, no-transform' });
  try {
    for await (const chunk of response.body) {
      if (gone.signal.aborted) break;
      if (!raw.write(chunk)) await once(raw, 'drain', { signal: gone.signal });
    }
  } catch (error) {
    // Nobody reads any further: the SDK has been told by the signal.
    if (!gone.signal.aborted) throw error;
  } finally {
    finished = true;
    raw.end();
  }
}
