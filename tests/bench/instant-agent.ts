import { once } from 'node:events';
import { type BrokerFrame, decodeBrokerFrame, encodeFrame, type Hit, PROTOCOL } from '@borescope/agent-protocol';
import { WebSocket } from 'ws';

/** Milliseconds from the attempt to connect. */
const WELCOME_WITHIN = 20_000;

/**
 * An agent with nothing behind it: each action is armed, hit once and removed at once, so that only the broker is
 * measured. What it says in answer to what came in one go is written in one go: it shares a core with the clients.
 */
export async function attachInstantAgent(
  url: string,
  token: string,
  service: string,
  id = `instant-${process.pid}`,
): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
  const signal = AbortSignal.timeout(WELCOME_WITHIN);
  const [[{ socket: wire }]] = await Promise.all([
    once(socket, 'upgrade', { signal }),
    once(socket, 'open', { signal }),
  ]);
  let held = false;
  const hold = () => {
    if (held) return;
    held = true;
    wire.cork();
    setImmediate(() => {
      held = false;
      wire.uncork();
    });
  };
  let epoch = 0;
  const welcomed = new Promise<void>((resolve, reject) => {
    socket.once('close', (code) => reject(new Error(`closed with ${code} before a welcome`)));
    signal.addEventListener('abort', () => reject(new Error(`no welcome in ${WELCOME_WITHIN / 1000} s`)));
    socket.on('message', (data) => {
      const decoded = decodeBrokerFrame(String(data));
      if (!decoded.ok) throw new Error(decoded.reason);
      if (decoded.frame.type === 'welcome') {
        epoch = decoded.frame.epoch;
        resolve();
      } else if (decoded.frame.type === 'arm') {
        hold();
        answer(socket, decoded.frame, epoch);
      }
    });
  });
  socket.send(
    encodeFrame({
      type: 'hello',
      protocol: PROTOCOL,
      live: [],
      runtime: {
        id,
        service,
        tags: {},
        language: 'node',
        languageVersion: process.versions.node,
        agentVersion: '0.1.0',
        host: 'bench',
        pid: process.pid,
        startedAt: Date.now(),
        capabilities: ['snapshot'],
      },
    }),
  );
  await welcomed;
  return socket;
}

function answer(socket: WebSocket, { action }: Extract<BrokerFrame, { type: 'arm' }>, epoch: number): void {
  const { actionId, place } = action;
  const bound = { file: place.file, line: place.line, sourceLine: '  return total;', function: 'price' };
  const cost = { samples: 1, meanUs: 120, maxUs: 120, totalMs: 0.12, armingMs: 0.5 };
  const observation = { passes: 1, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 1, placedMs: 1 };
  socket.send(encodeFrame({ type: 'armed', actionId, place: bound }));
  socket.send(encodeFrame({ type: 'hit', actionId, epoch, sequence: 1, hit: { ...HIT, time: Date.now() } }));
  socket.send(encodeFrame({ type: 'status', actionId, removed: true, observation, cost }));
}

const HIT: Hit = {
  time: 0,
  file: 'src/price.ts',
  line: 12,
  function: 'price',
  variables: [
    { name: 'total', scope: 'local', value: { type: 'number', value: 12990 } },
    { name: 'currency', scope: 'local', value: { type: 'string', value: 'CHF' } },
    {
      name: 'order',
      scope: 'local',
      value: {
        type: 'object',
        class: 'Order',
        properties: [
          { name: 'id', value: { type: 'string', value: 'ord-1048' } },
          { name: 'units', value: { type: 'number', value: 3 } },
        ],
      },
    },
  ],
  values: [],
  stack: [
    { function: 'price', file: 'src/price.ts', line: 12 },
    { function: 'handle', file: 'src/server.ts', line: 40 },
  ],
  redactions: { count: 0, kinds: [] },
  captureUs: 120,
};
