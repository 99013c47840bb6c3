import { log } from './log.ts';
import { createShopServer } from './server.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** A whole number from the environment; ends the process with one line where it is not one. */
function setting(name: string, fallback: number, max: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  console.error(`${name} must be a whole number from 0 to ${max}, not ${JSON.stringify(text)}`);
  process.exit(2);
}

const port = setting('PORT', 8080, 65_535);
const perSecond = setting('SHOP_TRAFFIC', 4, 1000);
const seed = setting('SHOP_SEED', 1, 2 ** 31 - 1);

const server = createShopServer();
let traffic: Traffic | undefined;

server.on('error', (error) => {
  console.error(`the shop cannot listen on port ${port}: ${error.message}`);
  process.exit(1);
});

server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return;
  log(`shop listens on http://127.0.0.1:${address.port}`);
  if (perSecond > 0) traffic = startTraffic(address.port, { perSecond, seed });
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    traffic?.stop();
    server.close();
    server.closeIdleConnections();
  });
}
