import { Interrupted } from './failure.ts';

/** Milliseconds that Ctrl-C waits for the broker to cancel. */
const CANCEL_WITHIN = 2_000;

/** One attempt to cancel; the answer tells a person what became of it. */
export type Cancel = (signal: AbortSignal) => Promise<string>;

/**
 * Runs `work` such that Ctrl-C ends it and cancels what it has placed, for at most two seconds; a second Ctrl-C leaves at
 * once. Rejects with `Interrupted` then. `work` gets the signal by which it is to let go of its connection.
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  cancel: Cancel,
): Promise<Result> {
  const leave = new AbortController();
  let interrupt = () => {};
  const interrupted = new Promise<'interrupted'>((resolve) => {
    interrupt = () => resolve('interrupted');
  });
  process.once('SIGINT', interrupt);
  try {
    const working = work(leave.signal);
    const first = await Promise.race([working.then((result) => ({ result })), interrupted]);
    if (first !== 'interrupted') return first.result;
    process.once('SIGINT', exitAtOnce);
    process.stderr.write('borescope: cancelling (Ctrl-C once more to leave at once)\n');
    working.catch(() => undefined);
    throw new Interrupted(await cancelled(cancel));
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGINT', exitAtOnce);
    leave.abort();
  }
}

async function cancelled(cancel: Cancel): Promise<string> {
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const silent = new Error(`the broker did not answer within ${CANCEL_WITHIN / 1000} s`);
    timer = setTimeout(() => reject(silent), CANCEL_WITHIN);
  });
  try {
    return await Promise.race([cancel(giveUp.signal), late]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `not cancelled: ${reason}. The probe goes at its deadline of its own accord; see borescope actions`;
  } finally {
    clearTimeout(timer);
    giveUp.abort();
  }
}

/** 128 and the number of the signal, as shells have it. */
function exitAtOnce(): never {
  process.exit(130);
}
