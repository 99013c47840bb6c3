import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../prepare.mjs';
import type { Progress } from '../progress.mjs';
import { npm } from '../run.mjs';
import { howToConnect } from './how-to-connect.ts';
import { startBroker, startShop } from './stack.ts';
import { type DemoTokens, demoTokens } from './tokens.ts';

/** Compiles on every change, and after each compilation without an error starts broker and shop anew; the exit code. */
export async function develop(progress: Progress): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const aborted = once(interrupted.signal, 'abort');

  const dataDir = resolve(process.env['BORESCOPE_DATA_DIR'] || join(root, '.borescope'));
  const stack = new Stack(dataDir, await demoTokens(dataDir), progress);
  const compiler = spawn(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: process.platform !== 'win32' },
  );
  // `close`, not `exit`: the compiler's launcher may end before the compiler.
  const compilerEnded = once(compiler, 'close');
  createInterface({ input: compiler.stdout }).on('line', (line) => {
    if (/error TS\d+/.test(line)) console.log(line);
    const errors = /Found (\d+) errors?\./.exec(line)?.[1];
    if (errors === '0') stack.restart();
    else if (errors !== undefined)
      progress.say(`${errors} ${errors === '1' ? 'error' : 'errors'}; broker and shop stay as they are`);
  });

  await Promise.race([aborted, compilerEnded]);
  const failed = !interrupted.signal.aborted;
  end(compiler);
  await compilerEnded;
  await stack.stop();
  return failed ? 1 : 0;
}

/** With its whole group: `tsc` is a launcher that waits for the compiler proper, and hands no signal on. */
function end(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}

/** Broker and shop, started anew one after the other however fast the changes come. */
class Stack {
  readonly #dataDir: string;
  readonly #tokens: DemoTokens;
  readonly #progress: Progress;
  #port = process.env['BORESCOPE_PORT'] || '7373';
  #stops: (() => Promise<void>)[] = [];
  #wanted = false;
  #stopped = false;
  #told = false;
  #running: Promise<void> | undefined;

  constructor(dataDir: string, tokens: DemoTokens, progress: Progress) {
    this.#dataDir = dataDir;
    this.#tokens = tokens;
    this.#progress = progress;
  }

  restart(): void {
    this.#wanted = true;
    this.#running ??= this.#whileWanted();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#end();
  }

  async #whileWanted(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      // A broken build or a process that does not start is told, and mended by the next change.
      await this.#startAnew().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
    }
    this.#running = undefined;
  }

  async #startAnew(): Promise<void> {
    await this.#progress.step('Bundling the agent', () =>
      npm(['run', 'build', '--workspaces', '--if-present'], { cwd: root }),
    );
    await this.#end();
    const broker = await startBroker({ dataDir: this.#dataDir, port: this.#port });
    this.#stops.push(() => broker.child.stop());
    // With port 0 the first start chooses, so that an assistant that is connected stays connected.
    this.#port = new URL(broker.url).port;
    const shop = await startShop({ dataDir: this.#dataDir, brokerUrl: broker.url, tokens: this.#tokens });
    this.#stops.unshift(() => shop.stop());
    this.#progress.say(`Broker and shop run (${broker.child.logFile}, ${shop.logFile})`);
    if (this.#told) return;
    this.#told = true;
    console.log(`\n${howToConnect({ url: broker.url, mcpToken: this.#tokens.mcp }).join('\n')}\n`);
  }

  async #end(): Promise<void> {
    const stops = this.#stops;
    this.#stops = [];
    for (const stop of stops) await stop();
  }
}
