/**
 * The error codes that an assistant, a script or an agent can meet. One table: code, HTTP status, whether the same call
 * may work later. Messages and hints are worded where the error arises, because they name what was asked for.
 */
export const ERRORS = {
  RUNTIME_NOT_FOUND: { status: 404, retryable: true },
  FILE_NOT_FOUND: { status: 404, retryable: false },
  FILE_AMBIGUOUS: { status: 409, retryable: false },
  LINE_NOT_EXECUTABLE: { status: 422, retryable: false },
  SOURCE_MISMATCH: { status: 409, retryable: false },
  EXPRESSION_INVALID: { status: 422, retryable: false },
  EXPRESSION_UNSAFE: { status: 422, retryable: false },
  LIMIT_EXCEEDED: { status: 422, retryable: false },
  QUOTA_EXCEEDED: { status: 429, retryable: true },
  FORBIDDEN: { status: 403, retryable: false },
  BLOCKED_BY_POLICY: { status: 403, retryable: false },
  ACTION_NOT_FOUND: { status: 404, retryable: false },
  UNAVAILABLE: { status: 503, retryable: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
