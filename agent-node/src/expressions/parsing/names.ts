import type { Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import { GLOBALS } from '../globals.ts';
import { children } from '../presence.ts';
import type { ExpressionNode, NameNode } from '../tree.ts';
import { shown } from './calls.ts';
import { expressionName, type Fault, type Trees, together } from './judge.ts';
import { nearName } from './near-name.ts';
import { GLOBALS_INSTEAD } from './refusals.ts';

/** A name that the code around a line declares. */
export interface DeclaredName {
  readonly name: string;
  /** Its declaration comes later: it has no value at the line. */
  readonly uninitialized: boolean;
  /** V8 does not let it be seen at the line. */
  readonly hidden: boolean;
}

const BY_CLASS_NAME = 'Or test the name of the class: `error.constructor.name === "HttpError"`.';
/** Where the names are judged. */
export interface JudgedAt {
  readonly line: number;
  /** What hides a name there. */
  readonly note?: string | undefined;
  /** By their names in the source: the names of variables that a minifier has named anew. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** Identifiers of the function around the line, where its scopes are only guessed: one of them may be in scope. */
  readonly mentioned?: ReadonlySet<string>;
}

/** Names that a hint lists. */
const LISTED = 15;

/**
 * Names that have no value at a line, whatever happens there: each pass would be an error. Nothing is said where no name
 * is known (a script that cannot be parsed).
 */
export function judgeNames(
  trees: Trees,
  declared: readonly DeclaredName[],
  at: JudgedAt,
  redactor: Redactor,
): Problem | undefined {
  if (declared.length === 0) return undefined;
  // The innermost of a name comes first, and is the one that is read.
  const known = new Map([...declared].reverse().map((one) => [one.name, one]));
  const names = declared.filter(({ hidden, uninitialized }) => !hidden && !uninitialized).map(({ name }) => name);
  const faults: Fault[] = [];
  const look = (which: string, root: ExpressionNode) => {
    const { read, classes } = namesRead(root);
    for (const node of read) {
      const found = problemOf(node, known, names, at);
      if (found === undefined) continue;
      const problem = classes.has(node) ? { ...found, hint: `${found.hint ?? ''} ${BY_CLASS_NAME}` } : found;
      faults.push({ which, problem });
    }
  };
  if (trees.condition !== null) look('condition', trees.condition.root);
  for (const [index, { text, tree }] of trees.expressions.entries()) {
    look(expressionName(index, text, redactor), tree.root);
  }
  return together(faults);
}

function problemOf(
  { name, at: column }: NameNode,
  known: ReadonlyMap<string, DeclaredName>,
  names: readonly string[],
  { line, note, mentioned, renamed }: JudgedAt,
): Problem | undefined {
  const found = known.get(name);
  if (found === undefined) {
    if (GLOBALS.has(name) || mentioned?.has(name)) return undefined;
    const minified = renamed?.get(name);
    const missing = `\`${shown(name)}\` is not in scope at line ${line}`;
    if (minified !== undefined) {
      return problem(column, missing, `The code that runs names it anew: write \`${shown(minified)}\`.`);
    }
    const others = renamed?.size
      ? ' These are the names of the minified code: the note of inspect_location has both.'
      : '';
    return problem(column, missing, `${nearby(name, names)}${others}`);
  }
  if (found.hidden) {
    return problem(column, `\`${shown(name)}\` cannot be seen at line ${line}`, note ?? 'Choose the line before.');
  }
  if (!found.uninitialized) return undefined;
  return problem(
    column,
    `\`${shown(name)}\` has no value yet at line ${line}: what is read is as it is just before the line runs`,
    'Choose a line after the declaration.',
  );
}

function problem(column: number, what: string, hint: string): Problem {
  return { code: 'EXPRESSION_INVALID', message: `column ${column}: ${what}`, hint };
}

function nearby(name: string, known: readonly string[]): string {
  const instead = GLOBALS_INSTEAD.get(name);
  if (instead !== undefined) return `Only what the code around the line declares is read. ${instead}`;
  const meant = nearName(name, known);
  if (meant !== undefined) return `Did you mean \`${meant}\`?`;
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more: see inspect_location` : '';
  return `In scope: ${known.slice(0, LISTED).map(shown).join(', ')}${more}.`;
}

/** Each free name once, where it stands first, and those that are asked for as a class; `typeof name` asks for none. */
function namesRead(root: ExpressionNode): { read: NameNode[]; classes: ReadonlySet<ExpressionNode> } {
  const found = new Map<string, NameNode>();
  const classes = new Set<ExpressionNode>();
  const look = (node: ExpressionNode) => {
    if (node.type === 'binary' && node.operator === 'instanceof') classes.add(node.right);
    if (node.type === 'name' && !found.has(node.name)) found.set(node.name, node);
    if (node.type === 'unary' && node.operator === 'typeof' && node.argument.type === 'name') return;
    children(node).forEach(look);
  };
  look(root);
  return { read: [...found.values()], classes };
}
