import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { Connection, type ConnectionOptions } from '../src/agents/connection.ts';
import { systemClock } from '../src/clock.ts';
import { AgentPeer } from './agent-peer.ts';

test('frames that arrived before the connection was lost are dealt with, one after the other, before it ends', async (t) => {
  const { peer, socket } = await connected(t);
  const told: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    open(socket, {
      async onFrame(frame) {
        await gate;
        if (frame.type === 'pending') told.push(frame.actionId);
      },
      onEnd() {
        told.push('end');
        resolve();
      },
    });
  });
  for (const actionId of ['1', '2', '3']) peer.send({ type: 'pending', actionId });
  const lost = once(socket, 'close');
  peer.socket.close();
  await lost;
  assert.deepEqual(told, []);
  release();
  await ended;
  assert.deepEqual(told, ['1', '2', '3', 'end']);
});

test('frames that wait when the broker closes the connection are dropped', async (t) => {
  const { peer, socket } = await connected(t);
  const told: string[] = [];
  const ended = new Promise<void>((resolve) => {
    const connection = open(socket, {
      async onFrame(frame) {
        if (frame.type === 'pending') told.push(frame.actionId);
        connection.close(4001, 'é'.repeat(200));
      },
      onEnd: () => resolve(),
    });
  });
  for (const actionId of ['1', '2', '3']) peer.send({ type: 'pending', actionId });
  await ended;
  assert.deepEqual(told, ['1']);
  const { code, reason } = await peer.closed;
  assert.equal(code, 4001);
  assert.equal(reason, 'é'.repeat(61), 'cut to what a close frame holds, at the border of a character');
});

test('a peer that does not answer the closing handshake is cut off', async (t) => {
  const { peer, socket } = await connected(t);
  const connection = open(socket, {});
  peer.socket.pause();
  connection.close(4001, 'enough');
  await once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
});

test('a socket is not read while many of its frames wait, and is read again when they are dealt with', async (t) => {
  const { peer, socket } = await connected(t);
  let taken = 0;
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const all = new Promise<void>((resolve) => {
    open(socket, {
      async onFrame() {
        await gate;
        if (++taken === 1_000) resolve();
      },
    });
  });
  for (let n = 0; n < 1_000; n++) peer.send({ type: 'pending', actionId: `${n}` });
  while (!socket.isPaused) await new Promise(setImmediate);
  release();
  await all;
  assert.equal(socket.isPaused, false);
});

function open(socket: WebSocket, over: Partial<ConnectionOptions>): Connection {
  const ignore = () => {};
  return new Connection(socket, {
    clock: systemClock,
    heartbeatMs: 15_000,
    phase: 0.5,
    onFrame: async () => {},
    onBadFrame: ignore,
    onBeat: ignore,
    onSilence: ignore,
    onOverflow: ignore,
    onError: ignore,
    onEnd: ignore,
    ...over,
  });
}

async function connected(t: { after(cleanUp: () => unknown): void }): Promise<{ peer: AgentPeer; socket: WebSocket }> {
  const server = createServer();
  const upgrader = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arriving = once(upgrader, 'connection');
  const peer = await AgentPeer.connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = await arriving;
  t.after(() => {
    peer.socket.terminate();
    socket.terminate();
    upgrader.close();
    server.close();
  });
  return { peer, socket };
}
