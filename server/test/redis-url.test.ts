import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisUrl, RedisUrlError } from '../src/store/redis/redis-url.ts';

test('one server, with the defaults of Redis where nothing is said', () => {
  assert.deepEqual(parseRedisUrl('redis://cache'), {
    kind: 'standalone',
    hosts: [{ host: 'cache', port: 6379 }],
    database: 0,
    tls: false,
    named: 'redis://cache:6379',
  });
});

test('TLS, credentials in percent encoding, a database; the name that is logged has no credentials', () => {
  const { username, password, database, tls, named } = parseRedisUrl('rediss://us%3Aer:p%40ss%2Fw%3Ard@[::1]:7000/5');
  assert.deepEqual([username, password, database, tls], ['us:er', 'p@ss/w:rd', 5, true]);
  assert.equal(named, 'rediss://[::1]:7000/5');
  assert.equal(parseRedisUrl('redis://:only@h').password, 'only');
  assert.equal(parseRedisUrl('redis://:only@h').username, undefined);
});

test('Sentinels with the name of the master and credentials of their own', () => {
  const { kind, hosts, master, database, password, sentinelPassword, named } = parseRedisUrl(
    'redis+sentinel://:secret@one:1,two/my%20master/2?sentinelPassword=other',
  );
  assert.deepEqual(
    [kind, master, database, password, sentinelPassword],
    ['sentinel', 'my master', 2, 'secret', 'other'],
  );
  assert.deepEqual(hosts, [
    { host: 'one', port: 1 },
    { host: 'two', port: 26379 },
  ]);
  assert.equal(named, 'redis+sentinel://one:1,two:26379/my%20master/2');
});

test('nodes of a cluster', () => {
  const { kind, hosts, tls } = parseRedisUrl('rediss+cluster://one:7001,two:7002');
  assert.deepEqual([kind, hosts.length, tls], ['cluster', 2, true]);
});

test('what names no Redis is refused with what is wrong, and never quoted', () => {
  const cases: [string, RegExp][] = [
    ['', /one of the forms redis:\/\/host:6379\/0/],
    ['http://:hush@host', /one of the forms/],
    ['redis:///0', /one of the forms/],
    ['redis://:hush@host:0', /host and its port/],
    ['redis://:hush@host:65536', /host and its port/],
    ['redis://:hush@host:port', /host and its port/],
    ['redis://:hush@host/x', /database .* must be a number/],
    ['redis://:hush@host/0/1', /one of the forms/],
    ['redis://:hush@one,two', /redis\+sentinel:\/\/ or redis\+cluster:\/\//],
    ['redis+sentinel://:hush@one', /master's name/],
    ['redis+cluster://:hush@one/1', /only database 0/],
    ['redis://:hush%@one', /% that encodes nothing/],
    ['redis://:hush@one?tls=no', /only sentinelUsername and sentinelPassword/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseRedisUrl(text),
      (error: Error) => {
        assert.ok(error instanceof RedisUrlError, text);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      },
    );
  }
});
