import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, testBroker } from '../../server/test/broker-harness.ts';
import { handClient, person, visitor } from '../../server/test/oauth-harness.ts';
import { liveRedis, noRedis } from '../live/redis.ts';
import { proves } from '../proves.ts';

test(proves('sign-in:brokers', 'a sign-in whose every step meets another broker succeeds, and its end holds at both'), {
  skip: noRedis,
  timeout: 60_000,
}, async (t) => {
  const redis = await liveRedis();
  // Closed after the brokers, which are closed by hooks of their own.
  const environment = {
    BORESCOPE_REDIS_URL: redis.url,
    // What clients know is the address of a balancer; here the test is that.
    BORESCOPE_PUBLIC_URL: 'http://127.0.0.1:9',
  };
  const brokers = [await testBroker(t, environment), await testBroker(t, environment)];
  t.after(() => redis.close());
  const [one, other] = brokers;
  assert.ok(one !== undefined && other !== undefined);
  await person(one.broker.store);
  let turn = 0;
  const balance = (url: URL) => {
    turn += 1;
    return new URL(url.pathname + url.search, (turn % 2 === 0 ? one : other).url);
  };
  const client = await handClient('http://127.0.0.1:9', {}, balance);
  const { url: authorize, verifier } = client.authorization();
  const answer = await visitor(balance).connect(authorize);
  const { status, body } = await client.redeem(answer, verifier);
  assert.equal(status, 200, JSON.stringify(body));
  const calls = async (token: unknown) =>
    Promise.all(
      brokers.map(async ({ url }) => {
        const response = await fetch(`${url}/mcp`, {
          method: 'POST',
          headers: {
            ...bearer(String(token)),
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
          },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
        });
        return response.status;
      }),
    );
  assert.deepEqual(await calls(body['access_token']), [200, 200]);
  const refresh = String(body['refresh_token']);
  const renew = (token: unknown) => client.token({ grant_type: 'refresh_token', refresh_token: String(token) });
  const [renewed, same] = await Promise.all([renew(refresh), renew(refresh)]);
  assert.deepEqual(same, renewed);
  assert.deepEqual(await calls(renewed.body['access_token']), [200, 200]);
  const third = await renew(renewed.body['refresh_token']);
  assert.deepEqual(await calls(third.body['access_token']), [200, 200]);
  assert.equal((await renew(refresh)).body['error'], 'invalid_grant');
  assert.deepEqual(await calls(third.body['access_token']), [401, 401]);
});
