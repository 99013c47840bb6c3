import type { Problem } from '@borescope/agent-protocol';
import { BorescopeError } from '../actions/error.ts';
import { DocumentNotUnderstood } from '../store/current-document.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { ToolAnswer } from './tool.ts';
import { visibleLine, visibleText } from './visible-text.ts';

/** Undefined for what is a fault of ours: that is logged, and told as UNAVAILABLE without any detail. */
export function knownError(error: unknown): BorescopeError | undefined {
  if (error instanceof BorescopeError) return error;
  if (error instanceof DocumentNotUnderstood) {
    return new BorescopeError(
      'UNAVAILABLE',
      error.message,
      'Tell the user: whoever administers Borescope can mend it.',
    );
  }
  if (error instanceof StoreUnavailable) {
    return new BorescopeError('UNAVAILABLE', 'The broker cannot use its store now.', 'Try again in a few seconds.');
  }
  return undefined;
}

export const FAULT = new BorescopeError(
  'UNAVAILABLE',
  'The broker failed on this call.',
  "Try again; the broker's log has the reason.",
);

/** The contract's error, in both forms. `rest` stands beside it in the structured one. */
export function errorAnswer(error: BorescopeError, rest: Record<string, unknown> = {}): ToolAnswer {
  const { code, retryable, retryAfterMs } = error;
  const after = retryAfterMs === undefined ? {} : { retry_after_seconds: Math.ceil(retryAfterMs / 1000) };
  // Names that agents have chosen stand in some of them.
  const message = visibleText(error.message).text;
  const hint = visibleText(error.hint).text;
  return {
    structured: { ...rest, error: { code, message, hint, retryable, ...after } },
    text: `${code}: ${message}\n${hint}${retryable ? '\nThe same call may work later.' : ''}`,
    isError: true,
  };
}

/** What a runtime said of a place, in the words of the product; unseen characters are made visible. */
export function problemError(problem: Problem, fallbackHint: string): BorescopeError {
  const hint = problem.hint === undefined ? fallbackHint : visibleLine(problem.hint, 2000);
  return new BorescopeError(problem.code, visibleLine(problem.message, 2000), hint);
}
