import { LIMITS, type Problem } from '@borescope/agent-protocol';
import { DebuggerTimeout } from './debugger.ts';

export function tooMany(): Problem {
  return {
    code: 'LIMIT_EXCEEDED',
    message: `this runtime already has ${LIMITS.liveActionsPerRuntime} live actions`,
    hint: 'Cancel some of them, or wait until they end.',
  };
}

export function unavailable(error: unknown): Problem {
  const message =
    error instanceof DebuggerTimeout
      ? error.message
      : `the probe could not be placed: ${error instanceof Error ? error.message : 'unknown error'}`;
  return { code: 'UNAVAILABLE', message: message.slice(0, 4096), hint: 'Try again in a moment.' };
}

export function altered(): Problem {
  return {
    code: 'UNAVAILABLE',
    message: 'the application has put an element on Array.prototype or Object.prototype',
    hint: 'Nothing can be captured without running its code; remove the element.',
  };
}
