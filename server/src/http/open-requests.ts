import type { Server } from 'node:http';

/** Milliseconds without any request after which clients are taken to have turned elsewhere. */
const QUIET = 150;
const LOOK_EVERY = 25;

/** Requests that are being answered, so that a shutdown cuts none of them off. */
export interface OpenRequests {
  /**
   * Resolves when none is open and none has come for a moment, or after `timeoutMs`: closing a connection on which a
   * request lies unread would reset it, and its client could not tell what became of it.
   */
  quiet(timeoutMs: number): Promise<void>;
}

export function watchRequests(server: Server, now: () => number): OpenRequests {
  let open = 0;
  let last = Number.NEGATIVE_INFINITY;
  server.on('request', (_request, response) => {
    open++;
    last = now();
    response.once('close', () => {
      open--;
      last = now();
    });
  });
  return {
    async quiet(timeoutMs) {
      // From here on: what was sent before a client could know has to be given time to arrive.
      const from = now();
      while (now() - from < timeoutMs && (open > 0 || now() - Math.max(from, last) < QUIET)) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      }
    },
  };
}
