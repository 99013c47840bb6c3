import { ERRORS, type ErrorCode } from '@borescope/agent-protocol';

/** An error that may be shown to the caller as it is: no captured text, no path of the broker, no secret. */
export class BorescopeError extends Error {
  override readonly name = 'BorescopeError';
  readonly code: ErrorCode;
  /** What the caller can do about it, in one or two sentences. */
  readonly hint: string;
  readonly retryable: boolean;
  /** Milliseconds after which the same call may work, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, hint: string, { retryAfterMs }: { retryAfterMs?: number } = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
    this.retryable = ERRORS[code].retryable;
  }
}
