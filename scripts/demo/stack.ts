import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { Child } from './child.ts';
import type { DemoTokens } from './tokens.ts';

/** Milliseconds until a process that starts has to be ready. */
const START_LIMIT_MS = 30_000;

/** What a developer may set for the broker here; the rest of the environment's settings are not meant for it. */
const PASSED_ON = ['BORESCOPE_RETENTION', 'BORESCOPE_LOG_LEVEL'];

export interface RunningBroker {
  readonly child: Child;
  readonly url: string;
}

export interface BrokerOptions {
  /** For its data, where it keeps any, and its log. */
  readonly dataDir: string;
  readonly port: string;
  readonly name?: string;
  /** The Redis that it shares with others; without it the data is in `dataDir`. */
  readonly redisUrl?: string;
}

/** `borescope serve` on loopback, ready for calls. */
export async function startBroker({ dataDir, port, name = 'broker', redisUrl }: BrokerOptions): Promise<RunningBroker> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const child = new Child({
    name,
    args: [join(root, 'cli/bin/borescope.js'), 'serve'],
    cwd: root,
    env: {
      ...environment((name) => !name.startsWith('BORESCOPE_') || PASSED_ON.includes(name)),
      BORESCOPE_HOST: '127.0.0.1',
      BORESCOPE_PORT: port,
      BORESCOPE_DATA_DIR: dataDir,
      ...(redisUrl !== undefined && { BORESCOPE_REDIS_URL: redisUrl }),
    },
    logFile: join(dataDir, `${name}.log`),
  });
  return ready(child, /listening on (http:\S+)/, ([, url = '']) => ({ child, url }));
}

export interface ShopOptions {
  readonly dataDir: string;
  readonly brokerUrl: string;
  readonly tokens: DemoTokens;
  readonly name?: string;
}

/** The example shop with the agent inside, on any free port. */
export async function startShop({ dataDir, brokerUrl, tokens, name = 'shop' }: ShopOptions): Promise<Child> {
  const child = new Child({
    name,
    args: ['--import', '@borescope/agent', 'dist/main.js'],
    cwd: join(root, 'examples/shop'),
    env: {
      ...environment((name) => !name.startsWith('BORESCOPE_')),
      PORT: '0',
      SHOP_TRAFFIC: '8',
      // Of the seeds up to 3,000 the one whose shoppers most often paste a code twice: the first snapshot waits for that.
      SHOP_SEED: '161',
      BORESCOPE_URL: `${brokerUrl.replace(/^http/, 'ws')}/agent/v1`,
      BORESCOPE_TOKEN: tokens.agent,
      BORESCOPE_SERVICE: 'shop',
      BORESCOPE_ENVIRONMENT: 'demo',
    },
    logFile: join(dataDir, `${name}.log`),
  });
  return ready(child, /shop listens/, () => child);
}

/** Waits for the line that says that the process is ready; ends it where that does not come. */
async function ready<Result>(child: Child, line: RegExp, result: (match: RegExpExecArray) => Result): Promise<Result> {
  let late: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      child.line(line).then(result),
      new Promise<never>((_resolve, reject) => {
        const text = `the ${child.name} was not ready after ${START_LIMIT_MS / 1000} s; see ${child.logFile}`;
        late = setTimeout(() => reject(new Error(text)), START_LIMIT_MS);
      }),
    ]);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

function environment(keep: (name: string) => boolean): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => keep(name)));
}
