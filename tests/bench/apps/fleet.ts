// Many agents in a process of its own, so that what is measured in the broker is the broker's.
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { FleetAnswer, FleetOrder } from '../fleet.ts';
import { attachInstantAgent } from '../instant-agent.ts';

/** Connections that are made at the same time while a fleet is built up. */
const AT_ONCE = 20;
/** Milliseconds until an agent that was not let in tries again. */
const AGAIN = 500;
const ATTEMPTS = 20;

interface Agent {
  readonly url: string;
  readonly token: string;
  readonly service: string;
  readonly id: string;
  socket: WebSocket | undefined;
}

const agents: Agent[] = [];
let retries = 0;

async function attach(agent: Agent): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      agent.socket = await attachInstantAgent(agent.url, agent.token, agent.service, agent.id);
      agent.socket.on('error', () => agent.socket?.terminate());
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      retries += 1;
      await sleep(AGAIN * (0.5 + Math.random()));
    }
  }
}

const orders = {
  async grow({ url, token, from, to }: Extract<FleetOrder, { type: 'grow' }>): Promise<void> {
    const fresh = Array.from({ length: to - from }, (_, n): Agent => {
      // As many services as a company has, and their runtimes with them.
      const service = `fleet-${(from + n) % 100}`;
      return { url, token, service, id: `fleet-agent-${from + n}`, socket: undefined };
    });
    agents.push(...fresh);
    const queue = [...fresh];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) await attach(next);
      }),
    );
  },
  async storm({ withinMs }: Extract<FleetOrder, { type: 'storm' }>): Promise<void> {
    for (const { socket } of agents) socket?.terminate();
    await Promise.all(
      agents.map(async (agent) => {
        await sleep(Math.random() * withinMs);
        await attach(agent);
      }),
    );
  },
};

process.on('message', (order: FleetOrder) => {
  retries = 0;
  const done = order.type === 'grow' ? orders.grow(order) : orders.storm(order);
  const answer = (said: FleetAnswer) => process.send?.(said);
  done.then(
    () => answer({ retries }),
    (error: unknown) => answer({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
