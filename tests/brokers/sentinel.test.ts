import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMeter } from '../../server/src/meter.ts';
import { openSharedFoundation } from '../../server/src/shared-foundation.ts';
import { developer, inSeconds, spec, startEngine } from '../../server/test/engine-harness.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const place = (engine: Awaited<ReturnType<typeof startEngine>>['engine']) =>
  engine.actions.place(developer, { ids: ['runtime-watched'] }, spec);

test(proves(
  'brokers:sentinel',
  'when the master dies brokers go on at the replica that the Sentinel has made the master',
), { skip: noRedis }, async (t) => {
  const master = await liveRedis({ config: { 'repl-diskless-sync-delay': '0' } });
  t.after(() => master.close());
  const replica = await liveRedis({ config: { replicaof: `127.0.0.1 ${master.port}` } });
  t.after(() => replica.close());
  const sentinel = await liveRedis({
    sentinel: [
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 3000',
      '',
    ].join('\n'),
  });
  t.after(() => sentinel.close());
  await until(async () => (await sentinel.command('SENTINEL', 'REPLICAS', 'main')).includes(`:${replica.port}`));

  const foundation = await openSharedFoundation({
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/main`,
    retentionMs: 60_000,
    replica: 'watched',
    log: silentLog,
    meter: noMeter,
  });
  const { engine, attach, stop } = await startEngine(t, { ...foundation, heartbeatMs: 500 });
  t.after(async () => {
    await stop();
    await foundation.close();
  });
  const { peer, welcome } = await attach('watched');
  const before = await place(engine);
  await peer.next('arm', before.id);
  peer.armed(before.id);
  await until(async () => (await engine.actions.view(developer, before.id)).action.state === 'armed');

  // A fail-over loses what the replica has not got: Redis does not wait for it.
  const written = await offsetOf(master, 'master_repl_offset');
  await until(async () => (await offsetOf(replica, 'slave_repl_offset')) >= written);
  await master.kill();
  await until(async () => (await replica.command('ROLE')).includes('master'));
  await until(() =>
    foundation.store.check().then(
      () => true,
      () => false,
    ),
  );
  peer.hit(before.id, welcome.epoch, 1);
  assert.equal((await engine.actions.wait(developer, before.id, { until: inSeconds(20) })).action.state, 'completed');
  const after = await place(engine);
  await peer.next('arm', after.id);
  peer.hit(after.id, welcome.epoch, 1);
  assert.equal((await engine.actions.wait(developer, after.id, { until: inSeconds(20) })).action.state, 'completed');
});

/** How much of all that was ever written a server has. */
async function offsetOf(redis: LiveRedis, field: string): Promise<number> {
  return Number(new RegExp(`${field}:(\\d+)`).exec(await redis.command('INFO', 'replication'))?.[1]);
}
