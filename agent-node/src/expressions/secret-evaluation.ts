import type { Redactor } from '@borescope/redaction';
import type { Context } from './context.ts';
import type { Evaluation } from './evaluation.ts';
import type { ExpressionNode } from './tree.ts';

/** The same whatever was compared, and with what outcome. */
const CONDITION_ERROR =
  'a condition must not depend on a secret or on other hidden data, and this one does; compare an id or another ' +
  'property, or let the hits come and compare `$same` in the captured values';

/** Whether it failed may depend on the secret too, so that is not told either. */
export function secretEvaluation(
  context: Context,
  secret: string,
  failed: boolean,
  plain: boolean,
  value: unknown,
): Evaluation {
  if (context.condition) return { error: CONDITION_ERROR };
  if (failed) return { secret, of: 'unknown', text: undefined };
  if (plain && typeof value === 'string') return { secret, of: 'string', text: value };
  return { secret, of: plain ? typeof value : 'unknown', text: undefined };
}

/** A value that is only read, and is itself what the name says is secret: nothing is derived from it. */
export function isSecretPath(node: ExpressionNode, redactor: Redactor): boolean {
  if (node.type === 'chain') return isSecretPath(node.expression, redactor);
  if (node.type === 'name') return redactor.name(node.name) !== undefined;
  return (
    node.type === 'member' &&
    typeof node.property === 'string' &&
    redactor.name(node.property) !== undefined &&
    isPath(node.object)
  );
}

function isPath(node: ExpressionNode): boolean {
  if (node.type === 'chain') return isPath(node.expression);
  return (
    node.type === 'name' ||
    node.type === 'this' ||
    (node.type === 'member' && typeof node.property === 'string' && isPath(node.object))
  );
}
