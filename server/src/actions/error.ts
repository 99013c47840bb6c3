import { ERRORS, type ErrorCode } from '@borescope/agent-protocol';

/** An error that may be shown to the caller as it is: no captured text, no path of the broker, no secret. */
export class BorescopeError extends Error {
  override readonly name = 'BorescopeError';
  readonly code: ErrorCode;
  /** What the caller can do about it, in one or two sentences. */
  readonly hint: string;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retryable = ERRORS[code].retryable;
  }
}
