import { type LiveRedis, liveRedis } from './redis.ts';
import { until } from './until.ts';

export interface LiveRedisCluster {
  readonly nodes: readonly LiveRedis[];
  /** As `BORESCOPE_REDIS_URL`. */
  readonly url: string;
  /** Until all nodes see each other. */
  whole(): Promise<void>;
  close(): Promise<void>;
}

const SLOTS = 16_384;

/** Masters without replicas that share all slots evenly. `durable`: they keep their data over a restart. */
export async function liveRedisCluster({ masters = 2, durable = false } = {}): Promise<LiveRedisCluster> {
  const config = {
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
    'cluster-node-timeout': '2000',
  };
  const nodes: LiveRedis[] = [];
  const close = async () => {
    for (const node of nodes) await node.close();
  };
  const whole = () =>
    until(async () => {
      const told = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
      return told.every((text) => text.includes('cluster_state:ok') && text.includes(`cluster_size:${masters}\r`));
    });
  try {
    for (let n = 0; n < masters; n++) nodes.push(await liveRedis({ clusterBus: true, durable, config }));
    const [first] = nodes;
    for (const [n, node] of nodes.entries()) {
      const from = Math.floor((n * SLOTS) / masters);
      const to = Math.floor(((n + 1) * SLOTS) / masters) - 1;
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      if (node !== first) await first?.command('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(node.busPort));
    }
    await whole();
  } catch (error) {
    await close();
    throw error;
  }
  return { nodes, url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, whole, close };
}

export interface MovingSlot {
  /** Those that are still at the old node. */
  keys(): Promise<string[]>;
  move(key: string): Promise<void>;
  /** Moves what is left, and tells all nodes: as `redis-cli --cluster reshard` does. */
  finish(): Promise<void>;
}

/** Begins to move the slot of a key from the first to the second node, or back. */
export async function moveSlotOf({ nodes }: LiveRedisCluster, key: string): Promise<MovingSlot> {
  const [one, other] = nodes;
  if (one === undefined || other === undefined) throw new Error('a slot is moved between two nodes');
  const slot = (await one.command('CLUSTER', 'KEYSLOT', key)).slice(1).trim();
  const isAtFirst = Number(slot) < SLOTS / nodes.length;
  const [from, to] = isAtFirst ? [one, other] : [other, one];
  const nameOf = async (node: LiveRedis) => (await node.command('CLUSTER', 'MYID')).split('\r\n')[1] ?? '';
  const [fromName, toName] = [await nameOf(from), await nameOf(to)];
  const done = (reply: string) => {
    if (!reply.startsWith('+OK')) throw new Error(`Redis answered ${reply}`);
  };
  done(await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromName));
  done(await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toName));
  const keys = async () => {
    const reply = await from.command('CLUSTER', 'GETKEYSINSLOT', slot, '100');
    return reply.split('\r\n').filter((line) => line.startsWith('borescope'));
  };
  const move = async (moved: string) =>
    done(await from.command('MIGRATE', '127.0.0.1', String(to.port), moved, '0', '5000'));
  return {
    keys,
    move,
    async finish() {
      for (const moved of await keys()) await move(moved);
      for (const node of [to, from]) done(await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toName));
    },
  };
}
