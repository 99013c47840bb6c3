import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const KEPT_LINES = 20;
/** Milliseconds. A broker that drains takes up to 10 s. */
const STOP_LIMIT_MS = 15_000;

export interface ChildOptions {
  readonly name: string;
  /** Node's own options, then the script and its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Everything that it writes goes here; what an earlier start wrote is gone. */
  readonly logFile: string;
}

/** A Node process that belongs to us: its output is kept, and it ends when we do. */
export class Child {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process is gone: how it ended. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  constructor({ name, args, cwd, env, logFile }: ChildOptions) {
    this.name = name;
    this.logFile = logFile;
    const ending = new URL('end-with-parent.mjs', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', ending, ...args], {
      cwd,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: Ctrl-C in the terminal reaches us only, and we end it in order.
      detached: process.platform !== 'win32',
    });
    this.#process = child;
    const log = createWriteStream(logFile, { mode: 0o600 });
    // A full disk costs the log, never the demonstration.
    log.on('error', () => undefined);
    for (const output of [child.stdout, child.stderr]) {
      if (!output) continue;
      output.pipe(log, { end: false });
      createInterface({ input: output }).on('line', (line) => this.#keep(line));
    }
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('close', (code, signal) => {
        log.end();
        resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The last lines that it wrote. */
  get lastLines(): readonly string[] {
    return this.#lines;
  }

  /** The first line that matches, also one that was written before the call; rejects where the process ends before. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    let found: ((match: RegExpExecArray) => void) | undefined;
    const look = (line: string): void => {
      const match = pattern.exec(line);
      if (match) found?.(match);
    };
    const match = new Promise<RegExpExecArray>((resolve) => {
      found = resolve;
    });
    this.#listeners.add(look);
    for (const line of this.#lines) look(line);
    try {
      return await Promise.race([match, this.ended.then((how) => Promise.reject(new Error(this.#report(how))))]);
    } finally {
      this.#listeners.delete(look);
    }
  }

  /** Asks the process to end, makes it end after 15 s, and resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGTERM');
    const force = setTimeout(() => this.#process.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.ended;
    clearTimeout(force);
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const look of this.#listeners) look(line);
  }

  #report(how: string): string {
    return [`the ${this.name} ${how}`, ...this.#lines.slice(-KEPT_LINES)].join('\n    ');
  }
}
