/** The work failed: one message for a person, exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The command was used wrongly: one message for a person, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C: one message for a person, exit code 130 (128 and the number of the signal, as shells have it). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The failure of ours that lies behind an error of a library, where there is one. */
export function failureBehind(error: unknown): Failure | UsageError | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (current instanceof Failure || current instanceof UsageError) return current;
    current = current.cause;
  }
  return undefined;
}
