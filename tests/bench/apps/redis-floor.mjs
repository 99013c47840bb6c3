// The floor under a broker on Redis: a bare round trip, and a job of BullMQ from adding it to running it, one at a time.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const url = process.argv[2];
const QUEUE = 'floor';
const redis = new Redis(url);
const queue = new Queue(QUEUE, { connection: redis });
const ran = new Map();
const worker = new Worker(QUEUE, async ({ id }) => ran.get(id)?.(), {
  connection: new Redis(url, { maxRetriesPerRequest: null }),
});
await worker.waitUntilReady();

let jobs = 0;
const FLOORS = {
  '/ping': () => redis.ping(),
  async '/job'() {
    const jobId = `floor-${++jobs}`;
    const done = new Promise((resolve) => ran.set(jobId, resolve));
    await queue.add('floor', {}, { jobId, removeOnComplete: true });
    await done;
    ran.delete(jobId);
  },
};

async function measure(step, forMs) {
  const times = [];
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const begun = performance.now();
    await step();
    times.push(performance.now() - begun);
  }
  return times;
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://floor');
  response.end(JSON.stringify(await measure(FLOORS[pathname], Number(searchParams.get('ms')))));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`listening ${server.address().port}\n`);
process.on('SIGTERM', () => process.exit(0));
