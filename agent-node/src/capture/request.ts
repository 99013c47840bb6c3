import type { ExpressionResult, Redactions, Variable } from '@borescope/agent-protocol';
import type { CompiledExpression } from '../expressions/evaluation.ts';
import type { LostInPause, ScopeName } from '../expressions/scope.ts';

/** What one capture may take of the application. */
export interface CaptureBudget {
  /** Values that may be written. */
  readonly nodes: number;
  /**
   * Bytes of UTF-8 JSON of the whole result, `{variables, values, redactions}`. The stack and the envelope of the hit
   * come on top: give `LIMITS.hitBytes` less what they take.
   */
  readonly bytes: number;
  /** Of work, looked at every few nodes; by the clock it may be some times more, on a machine that is busy. One call into the engine that is slow by itself (the keys of a huge object) overshoots. */
  readonly microseconds: number;
}

export interface CaptureRequest {
  /** Names in scope, innermost first. May be the same list for every hit of a probe. */
  readonly names: readonly ScopeName[];
  /** Beside `names`, index by index: the value, or `UNINITIALIZED` or `NOT_CAPTURED`. */
  readonly values: readonly unknown[];
  readonly thisValue: unknown;
  /** False where the function has no `this` of its own that could be read. */
  readonly hasThis: boolean;
  /** Where it was read in a real pause. */
  readonly lost?: LostInPause;
  readonly expressions: readonly RequestedExpression[];
  readonly budget: CaptureBudget;
}

export interface RequestedExpression {
  /** As the caller wrote it; it comes back beside the value. */
  readonly text: string;
  readonly evaluate: CompiledExpression;
}

export interface CaptureResult {
  readonly variables: Variable[];
  readonly values: ExpressionResult[];
  readonly redactions: Redactions;
}

export interface Capturer {
  /** Never throws, and runs no code of the application. */
  capture(request: CaptureRequest): CaptureResult;
}
