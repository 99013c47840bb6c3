import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../src/clock.ts';
import { LOW_DISK, watchDisk } from '../src/disk-watch.ts';
import { testBroker } from './broker-harness.ts';
import { quiet } from './engine-harness.ts';

test('a disk that runs low is warned of once, and so is its recovery', async () => {
  const said: string[] = [];
  let freeBytes = LOW_DISK;
  let again: (() => void) | undefined;
  let looked = () => {};
  const clock: Clock = {
    now: () => 0,
    later(_ms, run) {
      again = run;
      looked();
      return () => {
        again = undefined;
      };
    },
  };
  const look = () =>
    new Promise<void>((resolve) => {
      looked = resolve;
      again?.();
    });
  const log = {
    ...quiet,
    info: (_fields: object, text: string) => said.push(text),
    warn: (_fields: object, text: string) => said.push(text),
  };
  const first = look();
  const stop = watchDisk({ usage: async () => ({ storeBytes: 1, freeBytes }), clock, log });
  await first;
  assert.deepEqual(said, []);
  freeBytes = LOW_DISK - 1;
  await look();
  await look();
  assert.deepEqual(said, ['the disk of the store is nearly full: soon no hit can be stored']);
  freeBytes = LOW_DISK;
  await look();
  assert.deepEqual(said.slice(1), ['the disk of the store has room again']);
  stop();
  assert.equal(again, undefined);
});

test('the metrics tell how much disk the store takes and how much is free', async (t) => {
  const { url } = await testBroker(t);
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  assert.ok(value('borescope_store_bytes') > 10_000, text);
  assert.ok(value('borescope_store_disk_free_bytes') > 0, text);
});
