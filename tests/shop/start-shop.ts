import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 30_000;

export interface RunningShop {
  readonly url: string;
  readonly pid: number;
  /** The first line, from now on, that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it as an operator would; its exit code. */
  stop(): Promise<number | null>;
}

/** The example shop in a process of its own, on a free port. `nodeOptions` come before the script. */
export async function startShop(
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<RunningShop> {
  const child = spawn(process.execPath, [...nodeOptions, 'dist/main.js'], {
    cwd: fileURLToPath(new URL('../../examples/shop', import.meta.url)),
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, 'exit');

  const line = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const stopped = new AbortController();
    try {
      return await Promise.race([
        matching(pattern, stopped.signal),
        exited.then(() => Promise.reject(new Error(`the shop ended before a line matched ${pattern}`))),
      ]);
    } finally {
      stopped.abort();
    }
  };

  async function matching(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (text: string): void => {
        const match = pattern.exec(text);
        if (match) resolve(match);
      };
      const late = setTimeout(() => reject(new Error(`no line matched ${pattern}`)), LIMIT_MS);
      lines.on('line', look);
      signal.addEventListener('abort', () => {
        clearTimeout(late);
        lines.off('line', look);
      });
    });
  }

  const [, url = ''] = await line(/shop listens on (\S+)/);
  return {
    url,
    pid: child.pid ?? 0,
    line,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const force = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
        await exited;
        clearTimeout(force);
      }
      return child.exitCode;
    },
  };
}
