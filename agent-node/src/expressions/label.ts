import { isCodeName } from '@borescope/redaction';
import { sliceText } from '../capture/primordials.ts';
import type { Context } from './context.ts';
import type { ExpressionNode } from './tree.ts';

const LABEL_LENGTH = 80;

/** How the text names what is read; what is computed is left out, because its value could be the application's data. */
export function labelOf(node: ExpressionNode): string {
  const label = pathOf(node);
  return label.length > LABEL_LENGTH ? `${sliceText(label, 0, LABEL_LENGTH - 1)}…` : label;
}

/** How an error names a property that the expression does not write itself. */
export function labelOfKey(context: Context, key: string): string {
  return context.hidesAll() && !isCodeName(key) ? '(…)' : key;
}

function pathOf(node: ExpressionNode): string {
  switch (node.type) {
    case 'name':
    case 'parameter':
      return node.name;
    case 'this':
      return 'this';
    case 'chain':
      return pathOf(node.expression);
    case 'member': {
      const base = pathOf(node.object);
      return typeof node.property === 'string' ? `${base}.${node.property}` : `${base}[…]`;
    }
    default:
      return '(…)';
  }
}
