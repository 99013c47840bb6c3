import type { Redactor } from '@borescope/redaction';
import type { BlockedObjects } from '../capture/blocked-objects.ts';
import type { Scope } from './scope.ts';

/**
 * What came of an expression. `secret` is the kind of rule that hides the value: something that the redactor calls secret
 * was read on the way, so the value, and whatever was derived from it, must not be shown. `of` is its type, `text` the
 * value itself where it is a string that was only read, not derived. A condition never gives it: where a condition reads
 * a secret it gives an error.
 */
export type Evaluation =
  /** `made`: the expression can make texts of its own, so what it gives is shown without pseudonyms. */
  | { readonly value: unknown; readonly made: boolean }
  | { readonly secret: string; readonly of: string; readonly text: string | undefined }
  | { readonly error: string };

/** Never throws, runs no code of the application, and takes bounded time. */
export type CompiledExpression = (scope: Scope) => Evaluation;

export interface CompileOptions {
  /** Finds secrets by names that are only known at evaluation, and by content. Compile again when the policy changes. */
  readonly redactor: Redactor;
  /** What may not be looked into. */
  readonly blocked?: BlockedObjects | undefined;
}
