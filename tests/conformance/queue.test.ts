import { after, before } from 'node:test';
import { systemClock } from '../../server/src/clock.ts';
import { openBullmqQueue } from '../../server/src/queue/bullmq-queue.ts';
import { createEmbeddedQueue } from '../../server/src/queue/embedded-queue.ts';
import { createRedisClient, type RedisClient } from '../../server/src/store/redis/redis-client.ts';
import { parseRedisUrl } from '../../server/src/store/redis/redis-url.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { queueConformance } from './queue.ts';

queueConformance('embedded', false, async () => createEmbeddedQueue({ clock: systemClock, log: silentLog }));

let redis: LiveRedis;
let connection: RedisClient;
if (noRedis === false) {
  before(async () => {
    redis = await liveRedis();
    connection = connect('requests');
  });
  after(async () => {
    connection.disconnect();
    await redis.close();
  });
}

queueConformance('BullMQ', noRedis, async () => {
  await redis.command('FLUSHALL');
  return openBullmqQueue({
    connection,
    workerConnection: () => connect('blocking'),
    replica: 'test',
    clock: systemClock,
    log: silentLog,
  });
});

function connect(use: 'requests' | 'blocking'): RedisClient {
  return createRedisClient(parseRedisUrl(redis.url), { use, name: 'queue', onError() {} });
}
