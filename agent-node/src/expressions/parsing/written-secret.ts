import { isCodeName, type Redactor } from '@borescope/redaction';
import { children, isTypeTest } from '../presence.ts';
import type { ExpressionNode } from '../tree.ts';

type Written = string | number | bigint;

/**
 * The first text or number that a condition itself writes and in which the redactor finds something. It could only be a
 * guess of a hidden value, and every evaluation that compares it with one would fail. `around`: the column of what it
 * stands in.
 */
export function writtenSecret(
  node: ExpressionNode,
  redactor: Redactor,
  around = 1,
): { kind: string; at: number } | undefined {
  const at = 'at' in node ? node.at : around;
  for (const value of writtenIn(node, redactor)) {
    const kind = typeof value === 'string' ? redactor.text(value)?.findings[0]?.kind : redactor.number(value)?.kind;
    if (kind !== undefined) return { kind, at };
  }
  const inner = node.type === 'binary' && isTypeTest(node.left, node.right) ? notLiterals(node) : children(node);
  for (const child of inner) {
    const found = writtenSecret(child, redactor, at);
    if (found) return found;
  }
  return undefined;
}

function writtenIn(node: ExpressionNode, redactor: Redactor): readonly Written[] {
  switch (node.type) {
    case 'literal':
      return typeof node.value === 'string' || typeof node.value === 'number' ? [node.value] : [];
    case 'bigint':
      return [BigInt(node.digits)];
    case 'template':
      return node.texts;
    case 'member':
      return typeof node.property === 'string' ? names([node.property], redactor) : [];
    case 'object':
      return names(
        node.entries.flatMap((entry) => (entry.type === 'entry' && typeof entry.key === 'string' ? [entry.key] : [])),
        redactor,
      );
    default:
      return [];
  }
}

/** Where every text is hidden, names that the code around the line gives are not. */
function names(written: readonly string[], redactor: Redactor): readonly string[] {
  return redactor.text('a') === undefined ? written : written.filter((name) => !isCodeName(name));
}

function notLiterals(node: ExpressionNode): readonly ExpressionNode[] {
  return children(node).filter(({ type }) => type !== 'literal');
}
