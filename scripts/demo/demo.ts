import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { root } from '../prepare.mjs';
import type { Progress } from '../progress.mjs';
import type { Child } from './child.ts';
import { attachedShop, connect, firstSnapshot } from './first-snapshot.ts';
import { howToConnect } from './how-to-connect.ts';
import { renderSnapshot } from './render-snapshot.ts';
import { startBroker, startShop } from './stack.ts';
import { demoTokens } from './tokens.ts';

export interface DemoOptions {
  /** End after the snapshot. */
  readonly once: boolean;
  readonly progress: Progress;
}

/** Broker, shop, a first snapshot, and how to go on; the exit code. */
export async function demo({ once: onlyOnce, progress }: DemoOptions): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  interrupted.signal.addEventListener('abort', () => console.log('\nStopping ...'), { once: true });
  const stops: (() => Promise<void>)[] = [];
  try {
    return await run({ once: onlyOnce, progress, signal: interrupted.signal, onStop: (stop) => stops.unshift(stop) });
  } catch (error) {
    if (interrupted.signal.aborted) return onlyOnce ? 1 : 0;
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    // The shop before the broker, so that its agent says good-bye to somebody.
    for (const stop of stops) await stop();
  }
}

interface RunOptions extends DemoOptions {
  readonly signal: AbortSignal;
  onStop(stop: () => Promise<void>): void;
}

async function run({ once: onlyOnce, progress, signal, onStop }: RunOptions): Promise<number> {
  const dataDir = resolve(process.env['BORESCOPE_DATA_DIR'] || join(root, '.borescope'));
  progress.say('Starting broker and shop ...');
  const tokens = await demoTokens(dataDir);
  const broker = await startBroker({ dataDir, port: process.env['BORESCOPE_PORT'] || '7373' });
  onStop(() => broker.child.stop());
  progress.say(`Broker: ${broker.url} (${broker.child.logFile})`);
  signal.throwIfAborted();

  const shop = await startShop({ dataDir, brokerUrl: broker.url, tokens });
  onStop(() => shop.stop());
  const gone = Promise.race([broker.child, shop].map((child) => child.ended.then((how) => report(child, how))));
  // Told by whoever waits at that moment; at the end nobody does.
  gone.catch(() => undefined);
  const client = await connect(broker.url, tokens.mcp);
  onStop(() => client.close());
  const looking = async () => {
    progress.say(`Shop: attached, ${await attachedShop(client, signal)} (${shop.logFile})`);
    return progress.step('Placing a snapshot', () => firstSnapshot(client, signal));
  };
  const { question, answer, snapshot } = await Promise.race([looking(), gone]);
  const captured = snapshot.hits.length > 0;
  if (captured) {
    console.log(`\n${[question, '', ...renderSnapshot(snapshot), '', answer].join('\n')}\n`);
  } else {
    progress.say(`Snapshot: none, ${snapshot.action.state}`);
    for (const { message, next_step } of snapshot.diagnosis ?? []) console.log(`  ${message} ${next_step}`);
  }
  if (onlyOnce) return captured ? 0 : 1;

  console.log(`${howToConnect({ url: broker.url, mcpToken: tokens.mcp }).join('\n')}\n\nCtrl-C stops everything.`);
  signal.throwIfAborted();
  await Promise.race([once(signal, 'abort'), gone]);
  return 0;
}

function report(child: Child, how: string): never {
  throw new Error(`the ${child.name} ${how}; see ${child.logFile}\n${child.lastLines.join('\n')}`);
}
