import { ERRORS, type ErrorCode } from '@borescope/agent-protocol';
import type { AccessDenied } from '../access/authenticate.ts';
import type { Scope } from '../access/scopes.ts';

/** What can go wrong before a request reaches the product's own codes. */
export const HTTP_ERRORS = {
  BAD_REQUEST: { status: 400, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  REQUEST_TIMEOUT: { status: 408, retryable: true },
  CONFLICT: { status: 409, retryable: false },
  PRECONDITION_FAILED: { status: 412, retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false },
  URL_TOO_LONG: { status: 414, retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false },
  PRECONDITION_REQUIRED: { status: 428, retryable: false },
  HEADERS_TOO_LARGE: { status: 431, retryable: false },
  INTERNAL: { status: 500, retryable: true },
} as const;

export type HttpErrorCode = keyof typeof HTTP_ERRORS | ErrorCode;

const ALL = { ...ERRORS, ...HTTP_ERRORS };

export const HTTP_ERROR_CODES = Object.keys(ALL) as [HttpErrorCode, ...HttpErrorCode[]];

export function statusOf(code: HttpErrorCode): number {
  return ALL[code].status;
}

/** Every error of every route has this body. */
export interface HttpErrorBody {
  readonly error: { code: HttpErrorCode; message: string; hint: string; retryable: boolean };
}

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  readonly hint: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpErrorCode, message: string, hint: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.headers = headers;
  }

  get status(): number {
    return statusOf(this.code);
  }

  body(): HttpErrorBody {
    return {
      error: { code: this.code, message: this.message, hint: this.hint, retryable: ALL[this.code].retryable },
    };
  }
}

/** The credential itself is refused: what it may do was not even asked. */
export class CredentialRefused extends HttpError {}

/** The person could let the application do it: told apart from what no scope would mend. The door adds the challenge. */
export class MissingScope extends HttpError {
  readonly missing: readonly Scope[];

  constructor(missing: readonly Scope[], headers: Readonly<Record<string, string>> = {}) {
    super(
      'FORBIDDEN',
      `this needs the scope ${missing.join(' and the scope ')}`,
      'Ask the person to allow it.',
      headers,
    );
    this.missing = missing;
  }
}

/** For now only: the same request may work in a few seconds. */
export function unavailable(message: string): HttpError {
  return new HttpError('UNAVAILABLE', message, 'Try again in a few seconds.', { 'retry-after': '5' });
}

/** 401 with its challenge, or 403. */
export function accessDenied(denied: AccessDenied, challenge = 'Bearer realm="borescope"'): CredentialRefused {
  return denied.status === 401
    ? new CredentialRefused('UNAUTHENTICATED', denied.message, denied.hint, { 'www-authenticate': challenge })
    : new CredentialRefused('FORBIDDEN', denied.message, denied.hint);
}
