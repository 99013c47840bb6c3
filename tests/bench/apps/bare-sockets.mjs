// The floor under an attached agent: a WebSocket of `ws` that is greeted and then left alone.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const WELCOME = JSON.stringify({
  type: 'welcome',
  protocol: 1,
  epoch: 1,
  actions: [],
  policy: { revision: 0, keyNames: [], pseudonymKey: 'a-floor-has-no-secrets-to-hide' },
  heartbeatMs: 15_000,
});

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
sockets.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', () => socket.send(WELCOME));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
