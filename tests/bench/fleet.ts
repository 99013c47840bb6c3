import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('apps/fleet.ts', import.meta.url));
/** Agents of one process: each takes a file of it, and a share of its core. */
const SHARE = 5_000;
const LIMIT_MS = 180_000;
/** Of a fleet, before its memory is measured: code and buffers that all share are there then. */
export const WARM_UP = 5;

export type FleetOrder =
  | {
      readonly type: 'grow';
      readonly url: string;
      readonly token: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'storm'; readonly withinMs: number };

export type FleetAnswer = { readonly retries: number } | { readonly failed: string };

const answer = z.union([z.object({ retries: z.number() }), z.object({ failed: z.string() })]);

/** Agents that are attached, and do nothing until they are asked; at several brokers in turn. */
export class Fleet {
  readonly #urls: readonly string[];
  readonly #token: string;
  readonly #children: ChildProcess[] = [];
  #size = 0;

  constructor(urls: readonly string[], token: string) {
    this.#urls = urls;
    this.#token = token;
  }

  /** Resolves when so many are attached, those that were included. */
  async growTo(size: number): Promise<void> {
    const step = Math.min(SHARE, Math.max(1, Math.ceil((size - this.#size) / this.#urls.length)));
    const orders: Promise<number>[] = [];
    for (let turn = 0; this.#size < size; turn++) {
      const from = this.#size;
      const to = Math.min(size, from + step);
      const url = this.#urls[turn % this.#urls.length] ?? '';
      this.#size = to;
      orders.push(this.#order(this.#child(), { type: 'grow', url, token: this.#token, from, to }));
    }
    await Promise.all(orders);
  }

  /**
   * Cuts every connection at once; each agent comes back at a moment of its own within `withinMs`. Resolves when all are
   * attached again, with how often one was not let in and came again.
   */
  async storm(withinMs: number): Promise<number> {
    const retries = await Promise.all(this.#children.map((child) => this.#order(child, { type: 'storm', withinMs })));
    return retries.reduce((sum, one) => sum + one, 0);
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #child(): ChildProcess {
    const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#children.push(child);
    return child;
  }

  async #order(child: ChildProcess, order: FleetOrder): Promise<number> {
    child.send(order);
    const [said] = await once(child, 'message', { signal: AbortSignal.timeout(LIMIT_MS) });
    const told = answer.parse(said);
    if ('failed' in told) throw new Error(`the fleet failed: ${told.failed}`);
    return told.retries;
  }
}
