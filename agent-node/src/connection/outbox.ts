import type { Hit } from '@borescope/agent-protocol';

interface Waiting {
  readonly sequence: number;
  readonly hit: Hit;
  readonly bytes: number;
}

/** Bytes of JSON that may wait for acknowledgement, over all actions together. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Hits that the broker has not acknowledged, per action, in order. Bounded: what does not fit gets no sequence. */
export class Outbox {
  readonly #actions = new Map<string, { last: number; waiting: Waiting[] }>();
  #bytes = 0;

  /** Begins, or goes on, after the last sequence that the broker has. */
  open(actionId: string, lastSequence: number): void {
    const action = this.#actions.get(actionId);
    if (!action) this.#actions.set(actionId, { last: lastSequence, waiting: [] });
    else this.acknowledge(actionId, lastSequence);
  }

  /** The sequence of the hit, or undefined where it does not fit. */
  add(actionId: string, hit: Hit, bytes: number): number | undefined {
    const action = this.#actions.get(actionId);
    if (!action || this.#bytes + bytes > MAX_BYTES) return undefined;
    action.last += 1;
    action.waiting.push({ sequence: action.last, hit, bytes });
    this.#bytes += bytes;
    return action.last;
  }

  acknowledge(actionId: string, sequence: number): void {
    const action = this.#actions.get(actionId);
    if (!action) return;
    action.last = Math.max(action.last, sequence);
    for (let first = action.waiting[0]; first && first.sequence <= sequence; first = action.waiting[0]) {
      this.#bytes -= first.bytes;
      action.waiting.shift();
    }
  }

  after(actionId: string, sequence: number): readonly Waiting[] {
    return this.#actions.get(actionId)?.waiting.filter((hit) => hit.sequence > sequence) ?? [];
  }

  lastSequence(actionId: string): number {
    return this.#actions.get(actionId)?.last ?? 0;
  }

  waiting(actionId: string): number {
    return this.#actions.get(actionId)?.waiting.length ?? 0;
  }

  get empty(): boolean {
    return this.#bytes === 0;
  }

  /** Forgets all other actions: nobody will ask for their hits any more, and they would take the room of others. */
  keepOnly(actionIds: ReadonlySet<string>): void {
    for (const actionId of [...this.#actions.keys()]) if (!actionIds.has(actionId)) this.forget(actionId);
  }

  forget(actionId: string): void {
    this.acknowledge(actionId, Number.MAX_SAFE_INTEGER);
    this.#actions.delete(actionId);
  }
}
