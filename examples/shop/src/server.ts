import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { log } from './log.ts';
import { route } from './routes.ts';
import { ShopError } from './shop-error.ts';

const MAX_BODY_BYTES = 16 * 1024;

export function createShopServer(): Server {
  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log(`request lost: ${error instanceof Error ? error.name : 'unknown'}`);
      response.destroy();
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  try {
    const answer = await route(method, path, await readBody(request));
    send(response, answer.status, answer.body);
  } catch (error) {
    if (!(error instanceof ShopError))
      log(`${method} ${path} failed: ${error instanceof Error ? error.name : 'unknown'}`);
    const [status, message] =
      error instanceof ShopError ? [error.status, error.message] : [500, 'something went wrong'];
    send(response, status, { error: message });
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ShopError(413, 'that is too much');
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof body === 'object' && body !== null) return { ...body };
  } catch {
    // Answered like any other body that is not an object.
  }
  throw new ShopError(400, 'the body must be a JSON object');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
