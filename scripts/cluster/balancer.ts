import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** Milliseconds between two looks at each target, and for its answer. */
const LOOK_EVERY = 500;
const ANSWER_WITHIN = 1_000;

/** Hands each connection, HTTP or WebSocket, to one of the targets that are ready, in turn. */
export interface Balancer {
  readonly port: number;
  /** Resolves when this target is ready, or not any more; rejects after 30 s. */
  until(target: string, ready: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * `targets` are base URLs of brokers on this machine. One that does not answer `/readyz` with 200 gets no new connection;
 * where none does, connections are closed.
 */
export async function startBalancer(targets: readonly string[], port = 0): Promise<Balancer> {
  const ready = new Set<string>();
  const changes = new EventTarget();
  const sockets = new Set<Socket>();
  let turn = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function next(): string | undefined {
    const candidates = targets.filter((target) => ready.has(target));
    turn += 1;
    return candidates[turn % candidates.length];
  }

  function note(target: string, isReady: boolean): void {
    if (ready.has(target) === isReady) return;
    if (isReady) ready.add(target);
    else ready.delete(target);
    changes.dispatchEvent(new Event('change'));
  }

  async function look(): Promise<void> {
    await Promise.all(
      targets.map(async (target) => {
        const answer = await fetch(`${target}/readyz`, { signal: AbortSignal.timeout(ANSWER_WITHIN) }).catch(
          () => undefined,
        );
        await answer?.body?.cancel();
        note(target, answer?.status === 200);
      }),
    );
    if (!closed) timer = setTimeout(() => void look(), LOOK_EVERY);
  }

  function join(client: Socket, target: string): void {
    const { hostname, port: to } = new URL(target);
    const broker = createConnection(Number(to), hostname);
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    broker.on('error', () => note(target, false));
  }

  const server: Server = createServer((client) => {
    const target = next();
    if (target === undefined) client.destroy();
    else join(client, target);
  });
  await look();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the balancer has no port');
  return {
    port: address.port,
    async until(target, isReady) {
      const signal = AbortSignal.timeout(30_000);
      while (ready.has(target) !== isReady) await once(changes, 'change', { signal });
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
