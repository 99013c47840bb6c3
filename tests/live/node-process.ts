import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

const LIMIT_MS = 30_000;

/** A Node process under test: its lines can be awaited, and it ends with the test. */
export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #exited: Promise<unknown>;
  #errorOutput = '';

  /** `args` are Node's options, the script and its arguments; `environment` is added to the test's own. */
  constructor(args: readonly string[], options: { cwd: string; environment?: Readonly<Record<string, string>> }) {
    const child = spawn(process.execPath, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    this.#exited = once(child, 'exit');
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errorOutput = (this.#errorOutput + chunk).slice(-20_000);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote to stderr so far, the last 20,000 characters. */
  get errorOutput(): string {
    return this.#errorOutput;
  }

  /** The first line on stdout, from now on, that matches. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    const stopped = new AbortController();
    const matching = new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (text: string): void => {
        const match = pattern.exec(text);
        if (match) resolve(match);
      };
      const late = setTimeout(() => reject(new Error(`no line matched ${pattern}\n${this.#errorOutput}`)), LIMIT_MS);
      this.#lines.on('line', look);
      stopped.signal.addEventListener('abort', () => {
        clearTimeout(late);
        this.#lines.off('line', look);
      });
    });
    const ended = this.#exited.then(() => {
      throw new Error(`it ended before a line matched ${pattern}\n${this.#errorOutput}`);
    });
    try {
      return await Promise.race([matching, ended]);
    } finally {
      stopped.abort();
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Until `resume` it stands still, and everything in it: SIGSTOP. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it as an operator would; its exit code, or the signal that it took. */
  async stop(): Promise<number | string | null> {
    if (this.running) {
      this.#child.kill('SIGTERM');
      const force = setTimeout(() => this.#child.kill('SIGKILL'), LIMIT_MS);
      await this.#exited;
      clearTimeout(force);
    }
    return this.#child.exitCode ?? this.#child.signalCode;
  }
}
