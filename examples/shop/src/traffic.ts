import { type ClientRequest, request } from 'node:http';
import { seeded } from './random.ts';
import { type Step, shoppers } from './shoppers.ts';

const MAX_ANSWER_CHARACTERS = 64 * 1024;

export interface Traffic {
  stop(): void;
}

/** Sends the shop a trickle of its own, the same for the same seed. Never keeps the process alive. */
export function startTraffic(port: number, options: { perSecond: number; seed: number }): Traffic {
  const steps = shoppers(seeded(options.seed));
  const gap = 1000 / options.perSecond;
  let running: ClientRequest | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const next = (answer: string | undefined): void => {
    if (stopped) return;
    const step = steps.next(answer).value;
    timer = setTimeout(() => {
      running = send(port, step, next);
    }, gap).unref();
  };
  next(undefined);

  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      running?.destroy();
    },
  };
}

/** Calls back once, when the request is over, with the `id` of the answer where it has one. */
function send(port: number, step: Step, done: (id: string | undefined) => void): ClientRequest {
  const outgoing = request({ host: '127.0.0.1', port, method: step.method, path: step.path, agent: false });
  let text = '';
  outgoing.on('response', (response) => {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (text.length < MAX_ANSWER_CHARACTERS) text += chunk;
    });
    response.on('error', () => outgoing.destroy());
  });
  outgoing.on('socket', (socket) => socket.unref());
  outgoing.setTimeout(5000, () => outgoing.destroy());
  // A shopper whose request fails walks on to the next step; `close` follows an error.
  outgoing.on('error', () => {});
  outgoing.on('close', () => done(idIn(text)));
  outgoing.end(step.body && JSON.stringify(step.body));
  return outgoing;
}

function idIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('id' in answer)) return undefined;
    return typeof answer.id === 'string' ? answer.id : undefined;
  } catch {
    return undefined;
  }
}
