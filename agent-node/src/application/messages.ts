import type { ExpressionResult, Redactions, Variable } from '@borescope/agent-protocol';
import type { ScopeName } from '../expressions/scope.ts';
import type { ExpressionTree } from '../expressions/tree.ts';
import type { RedactionRules } from './redaction.ts';

/** Every field is always there: a missing one would be looked up on a prototype that the application may have changed. */
export type ToApplication =
  | PolicyMessage
  | PlaceMessage
  | { readonly type: 'forget-place'; readonly row: number }
  /** Hits still wanted of a probe that is in place. */
  | { readonly type: 'remaining'; readonly row: number; readonly remaining: number };

export interface PolicyMessage extends RedactionRules {
  readonly type: 'policy';
  readonly blockedClasses: readonly string[];
}

/** Replaces what was known of the place in this row; probes that stay keep their counts. */
export interface PlaceMessage {
  readonly type: 'place';
  readonly row: number;
  /** Another one for every other list of names. */
  readonly version: number;
  /** Names in scope, innermost first; the condition gives their values by index, and `this` by the index after them. */
  readonly names: readonly ScopeName[];
  /** Indices of names whose declaration comes after the place. */
  readonly uninitialized: readonly number[];
  /** Indices of names that V8 does not show here: reading one would give an outer variable of the same name. */
  readonly hidden: readonly number[];
  readonly hasThis: boolean;
  readonly thisInPause: 'always' | 'perhaps' | 'never';
  /** Microseconds that V8 itself takes for each pass here, calibrated. */
  readonly passUs: number;
  /** And once, at the first pass: it parses the script. */
  readonly parseUs: number;
  readonly probes: readonly ProbeMessage[];
}

export interface ProbeMessage {
  readonly row: number;
  readonly actionId: string;
  readonly condition: ExpressionTree | null;
  readonly expressions: readonly { readonly text: string; readonly tree: ExpressionTree }[];
  readonly remaining: number;
}

export type FromApplication =
  | HitMessage
  /** The place has spent what it may; nothing is captured until its limit is raised. */
  | { readonly type: 'exhausted'; readonly placeRow: number }
  | { readonly type: 'condition-error'; readonly actionId: string; readonly text: string };

export interface HitMessage {
  readonly type: 'hit';
  readonly actionId: string;
  readonly time: number;
  readonly variables: Variable[];
  readonly values: ExpressionResult[];
  readonly redactions: Redactions;
  readonly stack: RawFrame[];
  readonly captureUs: number;
  /** Hits that this probe may still send. */
  readonly remaining: number;
}

/** A frame as V8 has it: generated file, 1-based line and column. */
export type RawFrame = readonly [name: string, file: string, line: number, column: number];
