import { Agent, request } from 'node:http';

export interface LoadResult {
  readonly requests: number;
  /** What was wrong with an answer, the first ten. */
  readonly problems: readonly string[];
}

/** Sends the same request again and again from a few clients until it is stopped. */
export function startLoad(
  url: string,
  { body, expect, clients = 4 }: { body: string; expect: string; clients?: number },
): { requests(): number; stop(): Promise<LoadResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const problems: string[] = [];
  let requests = 0;
  let stopped = false;

  async function client(): Promise<void> {
    while (!stopped && problems.length < 10) {
      const answer = await send(url, body, agent).catch((error: unknown) => `no answer: ${String(error)}`);
      requests += 1;
      if (answer !== expect) problems.push(answer);
    }
  }

  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    requests: () => requests,
    async stop() {
      stopped = true;
      await running;
      agent.destroy();
      return { requests, problems };
    },
  };
}

function send(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', agent, headers, timeout: 20_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
