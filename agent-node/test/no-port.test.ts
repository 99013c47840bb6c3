import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** The state of a listening socket in `/proc/net/tcp`. */
const LISTEN = '0A';

/** Inodes of the sockets on which a process listens. */
function listening(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = '']) => state === LISTEN && sockets.has(inode))
      .map((fields) => fields[9] ?? ''),
  );
}

it(proves('agent:no-port', 'a process with the agent listens on no port, before, during and after an action'), {
  skip: process.platform !== 'linux' && 'needs /proc',
}, async () => {
  assert.equal(listening(process.pid).length, 0, 'this test listens on nothing yet');
  const broker = await TestBroker.start();
  assert.equal(listening(process.pid).length, 1, 'a port that is open is seen');
  const application = startApplication(broker, 'orders.cjs');
  const pid = application.child.pid ?? 0;
  try {
    await broker.hello();
    assert.deepEqual(listening(pid), []);
    broker.arm({ actionId: 'a', place: { file: 'fixtures/orders.cjs', line: 24 } });
    await broker.next('armed');
    assert.deepEqual(listening(pid), []);
    await broker.next('hit');
    await broker.next('status', ({ removed }) => removed);
    assert.deepEqual(listening(pid), []);
  } finally {
    await application.stop();
    await broker.close();
  }
});
