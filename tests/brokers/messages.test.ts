import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, test } from 'node:test';
import { systemClock } from '../../server/src/clock.ts';
import type { Message, Messages, Notice } from '../../server/src/messages/messages.ts';
import { createNotices } from '../../server/src/messages/notices.ts';
import { createRedisMessages } from '../../server/src/messages/redis-messages.ts';
import { createRedisConnection, type RedisConnection } from '../../server/src/store/redis/connection.ts';
import {
  createRedisClient,
  type RedisClient,
  type RedisClientOptions,
} from '../../server/src/store/redis/redis-client.ts';
import { parseRedisUrl } from '../../server/src/store/redis/redis-url.ts';
import { StoreUnavailable } from '../../server/src/store/store.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { liveRedisCluster } from '../live/redis-cluster.ts';
import { silentLog } from '../live/silent-log.ts';

const follow = (actionId: string): Message => ({ type: 'follow', organization: 'org', actionId, runtimes: ['r-1'] });
const changed = (actionId: string, change: 'progress' | 'ended' = 'progress'): Notice => ({
  type: 'changed',
  organization: 'org',
  actionId,
  change,
});

describe('messages between brokers', { skip: noRedis }, () => {
  let redis: LiveRedis;
  const parts: Part[] = [];
  before(async () => {
    redis = await liveRedis({ durable: true });
  });
  afterEach(async () => {
    await Promise.all(parts.splice(0).map((part) => part.close()));
  });
  after(() => redis.close());
  const join = async (replica: string, url = redis.url): Promise<Part> => {
    const part = new Part(url, replica);
    parts.push(part);
    await part.messages.start(part);
    return part;
  };

  test('a message comes to the broker that it is for, as it was sent, and to no other', async () => {
    const [one, two, three] = [await join('one'), await join('two'), await join('three')];
    const inspect: Message = {
      type: 'inspect',
      organization: 'org',
      runtime: 'r-1',
      place: { file: 'src/a.ts', line: 3 },
      timeoutMs: 500,
      requestId: 'one-1',
      replyTo: 'one',
    };
    assert.equal(await one.messages.send('two', inspect), true);
    assert.equal(await one.messages.send('two', follow('a')), true);
    await two.heard(2);
    assert.deepEqual(two.messagesHeard, [inspect, follow('a')]);
    assert.deepEqual(three.messagesHeard, []);
  });

  test('many messages keep their order, and what is read is not kept', async () => {
    const [one, two] = [await join('one'), await join('two')];
    const ids = Array.from({ length: 500 }, (_, index) => `a-${index}`);
    await Promise.all(ids.map((id) => one.messages.send('two', follow(id))));
    await two.heard(500);
    assert.deepEqual(
      two.messagesHeard.map((message) => message.type === 'follow' && message.actionId),
      ids,
    );
    await until(async () => assert.ok(Number((await redis.command('XLEN', 'borescope:inbox:two')).slice(1)) <= 2));
  });

  test('whoever sends to a broker that is gone learns it, and leaves nothing behind', async () => {
    const [one, two] = [await join('one'), await join('two')];
    await two.close();
    assert.equal(await one.messages.send('two', follow('a')), false);
    assert.equal(await one.messages.send('never-was', follow('a')), false);
    assert.equal(await redis.command('EXISTS', 'borescope:inbox:two', 'borescope:inbox:never-was'), ':0\r\n');
    assert.ok(Number((await redis.command('PTTL', 'borescope:inbox:one')).slice(1)) > 0, 'an inbox expires by itself');
  });

  test('a notice comes to all others and not to who gave it', async () => {
    const [one, two, three] = [await join('one'), await join('two'), await join('three')];
    one.messages.tell(changed('a', 'ended'));
    one.messages.tell({ type: 'attached', organization: 'org', runtime: 'r', epoch: 3 });
    for (const part of [two, three]) {
      await part.noticed(2);
      assert.deepEqual(part.noticesHeard, [
        changed('a', 'ended'),
        { type: 'attached', organization: 'org', runtime: 'r', epoch: 3 },
      ]);
    }
    two.messages.tell(changed('b'));
    await one.noticed(1);
    assert.deepEqual(one.noticesHeard, [changed('b')]);
  });

  test('what another version says is dropped, and what comes after it is heard', async () => {
    const [one, two] = [await join('one'), await join('two')];
    await one.raw('XADD', 'borescope:inbox:two', '*', 'text', '{"type":"dance"}');
    await one.raw('XADD', 'borescope:inbox:two', '*', 'text', 'not-json');
    await one.raw('XADD', 'borescope:inbox:two', '*', 'other', 'field');
    await one.raw('PUBLISH', 'borescope:notices', 'not-json');
    await one.raw('PUBLISH', 'borescope:notices', '{"from":"x","notices":[{"type":"dance"}]}');
    await one.messages.send('two', follow('a'));
    one.messages.tell(changed('a'));
    await two.heard(1);
    await two.noticed(1);
    assert.deepEqual(two.messagesHeard, [follow('a')]);
  });

  test('messages and notices come again after Redis was killed and is back', async () => {
    const [one, two] = [await join('one'), await join('two')];
    await redis.kill();
    await assert.rejects(one.messages.send('two', follow('lost')), StoreUnavailable);
    one.messages.tell(changed('lost'));
    await redis.restart();
    // False while the inbox of the other one is not made anew.
    await until(async () => assert.equal(await one.messages.send('two', follow('a')), true));
    await two.heard(1);
    await until(async () => {
      one.messages.tell(changed('b'));
      await two.noticed(1, 100);
    });
  });

  test('a broker whose inbox was lost makes a new one, says that messages may be missing, and reads on', async () => {
    const [one, two] = [await join('one'), await join('two')];
    await one.messages.send('two', follow('a'));
    await two.heard(1);
    await redis.command('FLUSHALL');
    assert.equal(await one.messages.send('two', follow('lost')), false);
    await two.missedSome();
    // Ids that are older than what was read, as of a Redis whose clock is behind.
    await redis.command('DEL', 'borescope:inbox:two');
    await one.raw('XADD', 'borescope:inbox:two', '1-1', 'text', JSON.stringify(follow('old-id')));
    await two.heard(2);
    assert.equal(await one.messages.send('two', follow('b')), true);
    await two.heard(3);
  });

  test('whoever closes while Redis is away is not held up', async () => {
    const parts = [await join('one'), await join('two')];
    await redis.kill();
    await Promise.all(parts.map((part) => part.reconnecting()));
    const late = AbortSignal.timeout(10_000);
    const closed = Promise.all(parts.map((part) => part.close()));
    await Promise.race([closed, once(late, 'abort').then(() => assert.fail('not closed after 10 s'))]);
    await redis.restart();
  });

  test('in a cluster notices are heard at whichever node is there, without an endless try at the dead one', async (t) => {
    const cluster = await liveRedisCluster();
    t.after(() => cluster.close());
    const warnings: string[] = [];
    const warned = ({ message }: Error) => warnings.push(message);
    process.on('warning', warned);
    t.after(() => process.off('warning', warned));
    const [one, two] = [await join('one', cluster.url), await join('two', cluster.url)];
    for (const [n, node] of cluster.nodes.entries()) {
      await node.kill();
      two.noticesHeard.length = 0;
      await until(async () => {
        one.messages.tell(changed(`${n}`));
        await two.noticed(1, 100);
      });
      const connections = await cluster.nodes[1 - n]?.command('INFO', 'stats');
      const made = Number(/total_connections_received:(\d+)/.exec(connections ?? '')?.[1]);
      assert.ok(made < 100, `${made} connections`);
      await node.restart();
      await cluster.whole();
    }
    assert.deepEqual(warnings, []);
  });

  test('a message that cannot be dealt with stops nothing', async () => {
    const [one, two] = [await join('one'), await join('two')];
    two.failsOn = 'a';
    await one.messages.send('two', follow('a'));
    await one.messages.send('two', follow('b'));
    await two.heard(2);
  });
});

test('notices of one thing that come while others are under way are sent as one, the end of an action before all', async () => {
  const sent: (readonly Notice[])[] = [];
  const gates: (() => void)[] = [];
  const opened = new EventTarget();
  const tell = createNotices(async (notices) => {
    sent.push(notices);
    await new Promise<void>((resolve, reject) => {
      gates.push(sent.length === 2 ? () => reject(new Error('lost')) : resolve);
      opened.dispatchEvent(new Event('sent'));
    });
  });
  const next = () => once(opened, 'sent', { signal: AbortSignal.timeout(5_000) });
  const first = next();
  tell(changed('a'));
  tell(changed('a', 'ended'));
  tell(changed('a'));
  await first;
  assert.deepEqual(sent[0], [changed('a', 'ended')]);
  for (let n = 0; n < 1_000; n++) tell(changed('b'));
  tell(changed('c'));
  const second = next();
  gates[0]?.();
  await second;
  assert.deepEqual(sent[1], [changed('b'), changed('c')]);
  const third = next();
  tell(changed('d'));
  gates[1]?.();
  await third;
  assert.deepEqual(sent[2], [changed('d')], 'after a publication that failed the next one is made');
});

/** One broker's end. */
class Part {
  readonly messagesHeard: Message[] = [];
  readonly noticesHeard: Notice[] = [];
  readonly messages: Messages;
  failsOn = '';
  readonly #connection: RedisConnection;
  readonly #clients: RedisClient[] = [];
  readonly #events = new EventTarget();
  #missed = 0;

  constructor(url: string, replica: string) {
    const client = (use: RedisClientOptions['use']) => {
      const made = createRedisClient(parseRedisUrl(url), { use, name: replica, onError() {} });
      this.#clients.push(made);
      return made;
    };
    this.#connection = createRedisConnection({
      client: client('requests'),
      lastFailure: () => undefined,
      monotonic: () => performance.now(),
    });
    this.messages = createRedisMessages({
      replica,
      connection: this.#connection,
      client,
      clock: systemClock,
      log: silentLog,
    });
  }

  async message(message: Message): Promise<void> {
    this.messagesHeard.push(message);
    this.#events.dispatchEvent(new Event('change'));
    if (message.type === 'follow' && message.actionId === this.failsOn) throw new Error('on purpose');
  }

  notice(notice: Notice): void {
    this.noticesHeard.push(notice);
    this.#events.dispatchEvent(new Event('change'));
  }

  missed(): void {
    this.#missed += 1;
    this.#events.dispatchEvent(new Event('change'));
  }

  raw = (name: string, ...words: string[]) => this.#connection.call((redis) => redis.call(name, words));
  heard = (count: number) => this.#until(() => this.messagesHeard.length >= count);
  noticed = (count: number, withinMs?: number) => this.#until(() => this.noticesHeard.length >= count, withinMs);
  missedSome = () => this.#until(() => this.#missed > 0);

  /** Until each of its clients waits for its next attempt to connect. */
  reconnecting = () =>
    Promise.all(
      this.#clients.map(async (client) => {
        const signal = AbortSignal.timeout(10_000);
        while (client.status !== 'reconnecting') await once(client, 'reconnecting', { signal });
      }),
    );

  async close(): Promise<void> {
    await this.messages.close();
    await this.#connection.close();
    for (const client of this.#clients) client.disconnect();
  }

  async #until(holds: () => boolean, withinMs = 10_000): Promise<void> {
    const signal = AbortSignal.timeout(withinMs);
    while (!holds()) await once(this.#events, 'change', { signal });
  }
}

/** Until it does not reject any more, at most 10 s. */
async function until(work: () => Promise<unknown>): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
