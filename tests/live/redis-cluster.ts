import { type LiveRedis, liveRedis } from './redis.ts';
import { until } from './until.ts';

export interface LiveRedisCluster {
  readonly nodes: readonly LiveRedis[];
  /** As `BORESCOPE_REDIS_URL`. */
  readonly url: string;
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
  try {
    for (let n = 0; n < masters; n++) nodes.push(await liveRedis({ clusterBus: true, durable, config }));
    const [first] = nodes;
    for (const [n, node] of nodes.entries()) {
      const from = Math.floor((n * SLOTS) / masters);
      const to = Math.floor(((n + 1) * SLOTS) / masters) - 1;
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      if (node !== first) await first?.command('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(node.busPort));
    }
    await until(async () => {
      const told = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
      return told.every((text) => text.includes('cluster_state:ok') && text.includes(`cluster_size:${masters}\r`));
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { nodes, url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, close };
}
