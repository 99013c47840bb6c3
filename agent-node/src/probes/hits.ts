import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type BoundPlace, type Hit, LIMITS } from '@borescope/agent-protocol';
import type { Allowance } from '../allowance/allowance.ts';
import type { FromApplication, HitMessage } from '../application/messages.ts';
import type { ScriptStore } from '../sources/script-store.ts';
import { mapStack } from '../sources/stack.ts';
import type { Endings } from './endings.ts';
import type { EngineEvents } from './events.ts';
import { isBlocked, type LiveAction } from './live-action.ts';
import { observe } from './observe.ts';
import type { PlaceTable } from './place-table.ts';
import type { CurrentPolicy } from './policy.ts';
import { toldHit } from './told.ts';

export interface HitsPorts {
  readonly port: MessagePort;
  readonly actions: ReadonlyMap<string, LiveAction>;
  readonly places: PlaceTable;
  readonly endings: Endings;
  readonly policy: CurrentPolicy;
  readonly store: ScriptStore;
  readonly events: EngineEvents;
  readonly allowance: Allowance;
  /** The allowance has become less. */
  readonly taken: () => void;
  /** The shared counts of probes. */
  readonly counts: Float64Array;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** What the application's thread posts: hits, on their way to the broker, and what goes wrong with them. */
export class Hits {
  readonly #ports: HitsPorts;
  /** Hits are finished (stacks mapped) one after the other, so that they keep their order. */
  #finished: Promise<void> = Promise.resolve();

  constructor(ports: HitsPorts) {
    this.#ports = ports;
    ports.port.on('message', (message: FromApplication) => this.#receive(message));
  }

  /** Takes what has been posted and not been read. */
  read(): void {
    const { port } = this.#ports;
    for (let packed = receiveMessageOnPort(port); packed; packed = receiveMessageOnPort(port)) {
      this.#receive(packed.message as FromApplication);
    }
  }

  /** Resolves when every hit that was posted has been handed on. */
  async drain(): Promise<void> {
    this.read();
    await this.#finished;
  }

  #receive(message: FromApplication): void {
    if (message.type === 'exhausted') {
      this.#ports.places.ofRow(message.placeRow)?.tick();
      return;
    }
    const action = this.#ports.actions.get(message.actionId);
    if (message.type === 'condition-error') {
      if (action) action.conditionError ??= this.#ports.policy.shown(message.text);
    } else if (action && action.remaining > 0) this.#take(action, message);
    else this.#ports.allowance.captured(0);
  }

  #take(action: LiveAction, message: HitMessage): void {
    const { places, endings } = this.#ports;
    action.remaining -= 1;
    const { bound } = action;
    this.#finished = this.#finished
      .then(() => this.#finish(action, message, bound))
      .catch(() => 0)
      .then((bytes) => {
        this.#ports.allowance.captured(bytes);
        this.#ports.taken();
      });
    if (action.remaining > 0) return;
    // The hit first, then the status that says that the probe is gone.
    const told = this.#finished;
    const removed = places.leave(action).catch(() => {});
    void Promise.all([told, removed]).then(() => endings.end(action));
  }

  /** Gives the bytes of the hit that are to be sent. */
  async #finish(action: LiveAction, message: HitMessage, bound: BoundPlace | undefined): Promise<number> {
    const { store, events, counts, now, policy } = this.#ports;
    const stack = await mapStack(message.stack, store);
    const captured: Hit = {
      time: message.time,
      file: bound?.file ?? action.spec.place.file,
      line: bound?.line ?? action.spec.place.line,
      function: bound?.function ?? stack[0]?.function ?? '',
      variables: message.variables,
      values: message.values,
      stack,
      redactions: message.redactions,
      captureUs: message.captureUs,
    };
    // Captured before the policy came that blocks the file.
    if (isBlocked(action)) return 0;
    const hit = toldHit(captured, policy.redactor);
    let bytes = bytesOf(hit);
    for (; hit.stack.length > 0 && bytes > LIMITS.hitBytes; bytes = bytesOf(hit)) hit.stack.pop();
    if (!events.hit(action.id, hit, bytes)) action.unsent += 1;
    if (action.place) {
      action.last = observe(action, counts, now());
      events.status(action, false);
    }
    return bytes;
  }
}

function bytesOf(hit: Hit): number {
  return Buffer.byteLength(JSON.stringify(hit));
}
