import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type TestBroker, TOKEN } from './broker.ts';

/** What `require` loads. */
export const AGENT = fileURLToPath(new URL('../../dist/agent.cjs', import.meta.url));
/** What `import` loads. */
export const DOORWAY = fileURLToPath(new URL('../../dist/agent.mjs', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const END_MS = 20_000;
const ANSWER_MS = 10_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real application in a process of its own, with the agent in it. */
export class Application {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<Ended>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    this.#ended = once(child, 'close').then(([code, signal]) => {
      clearTimeout(timer);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Resolves when it has ended by itself; it is killed after 20 s. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  async stop(): Promise<Ended> {
    this.child.kill('SIGKILL');
    return this.#ended;
  }

  /** The next message of the application; rejects after 10 s. */
  async said(): Promise<unknown> {
    const [message] = await once(this.child, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
    return message;
  }

  /** To a fixture that listens: it does what it is told. */
  tell(message: unknown): void {
    this.child.send(message as object);
  }
}

export interface StartOptions {
  /** Arguments of node before the file; by default they load the agent. */
  readonly execArgv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly args?: readonly string[];
}

/** `file` is a name in test/fixtures, or an absolute path. */
export function startApplication(
  broker: TestBroker | undefined,
  file: string,
  options: StartOptions = {},
): Application {
  const path = file.startsWith('/') ? file : `${FIXTURES}${file}`;
  const child = spawn(
    process.execPath,
    [...(options.execArgv ?? ['--import', DOORWAY]), path, ...(options.args ?? [])],
    {
      cwd: options.cwd ?? FIXTURES,
      env: {
        PATH: process.env['PATH'],
        BORESCOPE_TOKEN: TOKEN,
        ...(broker ? { BORESCOPE_URL: broker.url } : {}),
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  return new Application(child);
}
