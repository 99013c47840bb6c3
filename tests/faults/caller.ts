import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import type { History, ShownHit } from './history.ts';

const head = z.object({ id: z.string(), state: z.string(), hits: z.number(), max_hits: z.number() });

/** What a simulated agent captures, and `next` of tests/fixtures/ticker.mjs: each tells which pass it was. */
const local = z.object({
  mark: z.string().optional(),
  sequence: z.number().optional(),
  next: z.number().optional(),
});

const result = z.object({
  action: head,
  hits: z.array(
    z.object({
      hit: z.number(),
      runtime: z.string(),
      variables: z.object({ local }),
    }),
  ),
});

const page = z.object({ actions: z.array(head), next_cursor: z.string().optional() });
const refusal = z.object({ error: z.object({ code: z.string() }) });

export type View = z.infer<typeof result>;

export interface PlaceRequest {
  readonly service?: string;
  readonly ids?: readonly string[];
  readonly expressions?: readonly string[];
  readonly maxHits?: number;
  readonly timeoutSeconds?: number;
  /** The most that the limit allows where not given: how fast hits come is not what is asked here. */
  readonly overheadPercent?: number;
  /** How long the call waits for the end; 0 where not given. */
  readonly waitSeconds?: number;
  /** Where the probe is to be; a line of the simulated agents where not given. */
  readonly place?: { readonly file: string; readonly line: number };
}

/** What came of a call: the view, the code of a refusal, or that nobody can know. */
export type Answer = { readonly view: View } | { readonly code: string } | { readonly unknown: string };

const PLACE = { file: 'src/price.ts', line: 12 };
/** Milliseconds between two tries of a call that the broker could not answer. */
const TRY_AGAIN = 100;

/** What the callers of one organization have placed. */
export interface Ledger {
  readonly known: Set<string>;
  /** Deadlines, at the latest, of actions that may have been placed by calls whose answer was lost. */
  readonly unsure: number[];
}

/** An assistant that writes down what it is told. */
export class Caller {
  readonly organization: string;
  readonly #assistant: Assistant;
  readonly #history: History;
  readonly #ledger: Ledger;

  static async connect(
    url: string,
    token: string,
    { organization, history, ledger }: { organization: string; history: History; ledger: Ledger },
  ): Promise<Caller> {
    return new Caller(await currentClient(url, token), organization, history, ledger);
  }

  private constructor(assistant: Assistant, organization: string, history: History, ledger: Ledger) {
    this.#ledger = ledger;
    this.#assistant = assistant;
    this.organization = organization;
    this.#history = history;
  }

  async place(request: PlaceRequest): Promise<Answer> {
    const {
      service,
      ids,
      expressions = [],
      maxHits = 1,
      timeoutSeconds = 10,
      waitSeconds = 0,
      place = PLACE,
      overheadPercent = 20,
    } = request;
    const latest = () => this.#history.now() + timeoutSeconds * 1000;
    const answer = await this.#ask('capture_snapshot', {
      runtimes: { ...(service !== undefined && { service }), ...(ids !== undefined && { ids }) },
      ...place,
      expressions,
      max_hits: maxHits,
      timeout_seconds: timeoutSeconds,
      wait_seconds: waitSeconds,
      overhead_percent: overheadPercent,
    });
    if ('view' in answer) this.#accepted(answer.view.action, latest());
    // UNAVAILABLE, too, may come after the action was stored.
    else if ('unknown' in answer || answer.code === 'UNAVAILABLE') this.#ledger.unsure.push(latest());
    return answer;
  }

  /** The action with all its hits; waits up to `waitSeconds` for its end. */
  look(action: string, waitSeconds = 0): Promise<Answer> {
    return this.#ask('wait_for_action', { action_id: action, wait_seconds: waitSeconds }, action);
  }

  cancel(action: string): Promise<Answer> {
    return this.#ask('cancel_action', { action_id: action }, action);
  }

  /** Waits for the end of an action through any number of failures; undefined where there is no such action. */
  async ended(action: string, withinMs: number): Promise<View | undefined> {
    const until = performance.now() + withinMs;
    let answer: Answer = { unknown: 'not asked' };
    for (;;) {
      const left = until - performance.now();
      if (left < 0) {
        const last = 'view' in answer ? JSON.stringify(answer.view.action) : JSON.stringify(answer);
        throw new Error(`${action} has not ended within ${withinMs / 1000} s: ${last}`);
      }
      answer = await this.look(action, Math.min(5, left / 1000));
      if ('code' in answer && answer.code === 'ACTION_NOT_FOUND') return undefined;
      if ('view' in answer && !['queued', 'armed'].includes(answer.view.action.state)) return answer.view;
      if (!('view' in answer)) await wait(TRY_AGAIN);
    }
  }

  /** Finds what calls have placed whose answer was lost; the ids of all actions of the organization. */
  async discover(withinMs: number): Promise<string[]> {
    const until = performance.now() + withinMs;
    for (;;) {
      try {
        const found: string[] = [];
        for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
          const asked = cursor === undefined ? {} : { cursor };
          const { actions, next_cursor } = page.parse(await this.#assistant.call('list_actions', asked));
          for (const action of actions) {
            found.push(action.id);
            this.#accepted(action, Math.max(0, ...this.#ledger.unsure));
          }
          cursor = next_cursor;
        }
        return found;
      } catch (error) {
        if (performance.now() > until) throw error;
        await wait(TRY_AGAIN);
      }
    }
  }

  /** The ids of what was placed, by any caller of the organization. */
  get known(): readonly string[] {
    return [...this.#ledger.known];
  }

  close(): Promise<void> {
    return this.#assistant.close();
  }

  #accepted({ id, max_hits: maxHits }: z.infer<typeof head>, deadline: number): void {
    if (this.#ledger.known.has(id)) return;
    this.#ledger.known.add(id);
    this.#history.record({ type: 'accepted', action: id, organization: this.organization, maxHits, deadline });
  }

  async #ask(tool: string, args: Readonly<Record<string, unknown>>, asked?: string): Promise<Answer> {
    const began = this.#history.now();
    const { organization } = this;
    try {
      const view = result.parse(await this.#assistant.call(tool, args));
      const { id: action, state, hits: count } = view.action;
      const hits = view.hits.map(
        ({ hit: number, runtime, variables }): ShownHit => ({
          number,
          runtime,
          mark: variables.local.mark ?? `next ${variables.local.next}`,
          ...(variables.local.sequence !== undefined && { sequence: variables.local.sequence }),
        }),
      );
      this.#history.record({ type: 'shown', action, organization, began, state, count, hits });
      return { view };
    } catch (error) {
      if (error instanceof z.ZodError) throw error;
      const text = error instanceof Error ? error.message : String(error);
      const code = refusalCode(text);
      if (code === undefined) return { unknown: text };
      if (code === 'ACTION_NOT_FOUND' && asked !== undefined) {
        this.#history.record({ type: 'missing', action: asked, organization, began });
      }
      return { code };
    }
  }
}

/** Of a tool's error, or of a request that was refused before it came to a tool: then words of the client stand before it. */
function refusalCode(text: string): string | undefined {
  try {
    return refusal.parse(JSON.parse(text.slice(text.indexOf('{')))).error.code;
  } catch {
    return undefined;
  }
}
