import type { Clock } from '../clock.ts';
import type { ActionProgress, ActionView } from './actions.ts';
import type { Change, Changes } from './changes.ts';
import { isOver } from './state-machine.ts';

/** Milliseconds after the end for the runtimes' last words: what the probe cost, and that it is out. */
export const LAST_WORDS_WITHIN = 300;

export interface WaitOptions {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly signal?: AbortSignal;
  readonly onChange?: (progress: ActionProgress) => void;
}

export interface Waiting {
  /** Reads until the action has ended and `isSettled` says that nothing more is coming, or the time is over. */
  wait(
    organization: string,
    id: string,
    read: () => Promise<ActionView>,
    isSettled: (view: ActionView) => boolean,
    options: WaitOptions,
  ): Promise<ActionView>;
  /** Every call that waits answers with what there is, now and from now on. */
  release(): void;
}

/** `lookEveryMs`: a call that waits also looks by itself so often, where what others tell may be lost. */
export function createWaiting(clock: Clock, changes: Changes, lookEveryMs?: number): Waiting {
  const wakers = new Set<() => void>();
  let released = false;

  return {
    async wait(organization, id, read, isSettled, { until, signal, onChange }) {
      let wake = () => {};
      let over = false;
      let settled = false;
      const end = () => {
        over = true;
        wake();
      };
      // Who is not told of progress need not read it, for each reading asks the store; but once the action is over, or
      // while it is being read and may be, the runtimes' last words count.
      let indifferent = false;
      const changed = (change: Change) => {
        if (change === 'ended' || !indifferent) wake();
      };
      const cancels = [changes.watch(organization, id, changed), clock.later(until - clock.now(), end)];
      let cancelLook = () => {};
      const lookOn = (everyMs: number) => {
        cancelLook = clock.later(everyMs, () => {
          wake();
          lookOn(everyMs);
        });
      };
      if (lookEveryMs !== undefined) lookOn(lookEveryMs);
      wakers.add(end);
      signal?.addEventListener('abort', end, { once: true });
      try {
        for (let first = true; ; first = false) {
          // Made before the state is read, so that no change falls between reading and waiting.
          const woken = new Promise<void>((resolve) => {
            wake = resolve;
          });
          indifferent = false;
          const view = await read();
          if (over || released || signal?.aborted === true || until <= clock.now()) return view;
          if (isOver(view.action)) {
            if (settled || isSettled(view)) return view;
            const left = (view.action.endedAt ?? 0) + LAST_WORDS_WITHIN - clock.now();
            if (left <= 0) return view;
            cancels.push(
              clock.later(left, () => {
                settled = true;
                wake();
              }),
            );
          }
          if (!first) onChange?.(view);
          indifferent = onChange === undefined && !isOver(view.action);
          await woken;
        }
      } finally {
        for (const cancel of cancels) cancel();
        cancelLook();
        wakers.delete(end);
        signal?.removeEventListener('abort', end);
      }
    },
    release() {
      released = true;
      for (const end of wakers) end();
    },
  };
}
