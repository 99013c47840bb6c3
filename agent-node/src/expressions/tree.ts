/**
 * An expression as plain JSON: made by the parser in the worker, cloned to the application's thread, compiled there to
 * closures. It holds no text that is ever evaluated as code.
 */
export interface ExpressionTree {
  readonly root: ExpressionNode;
  /** The free identifiers, in order of appearance, each once: what the scope is asked for. */
  readonly names: readonly string[];
  readonly usesThis: boolean;
  /** A condition may not depend on a secret, not even in a hidden way: its outcome can be observed. */
  readonly condition: boolean;
  /**
   * It can make texts of its own, from literals or by computing. What it gives then carries no pseudonyms: else somebody
   * could test guesses of a hidden value by comparing them.
   */
  readonly makesTexts: boolean;
}

export type ExpressionNode =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  /** Decimal, hexadecimal, octal or binary, as `BigInt()` takes it. */
  | { readonly type: 'bigint'; readonly digits: string }
  /** One more text than parts. */
  | {
      readonly type: 'template';
      readonly texts: readonly string[];
      readonly parts: readonly ExpressionNode[];
      /** Where each part begins. */
      readonly ats: readonly number[];
    }
  | NameNode
  | ParameterNode
  | { readonly type: 'this'; readonly at: number }
  | MemberNode
  | CallNode
  /** Where an optional chain that met null or undefined ends. */
  | { readonly type: 'chain'; readonly expression: ExpressionNode }
  | { readonly type: 'unary'; readonly operator: UnaryOperator; readonly argument: ExpressionNode; readonly at: number }
  | BinaryNode
  | {
      readonly type: 'logical';
      readonly operator: '&&' | '||' | '??';
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    }
  | {
      readonly type: 'conditional';
      readonly test: ExpressionNode;
      readonly whenTrue: ExpressionNode;
      readonly whenFalse: ExpressionNode;
    }
  | { readonly type: 'array'; readonly items: readonly ItemNode[] }
  | { readonly type: 'object'; readonly entries: readonly EntryNode[] };

export interface NameNode {
  readonly type: 'name';
  readonly name: string;
  /** 1-based column in the text, as in every `at`. */
  readonly at: number;
}

export interface BinaryNode {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
  readonly at: number;
}

/** A parameter of an arrow function around it. */
export interface ParameterNode {
  readonly type: 'parameter';
  readonly name: string;
  /** Its place among the parameters of all arrow functions of the expression. */
  readonly slot: number;
}

export interface CallNode {
  readonly type: 'call';
  readonly callee: NameNode | MemberNode;
  /** Without the arrow function. */
  readonly arguments: readonly ItemNode[];
  readonly callback?: ArrowNode;
  readonly optional: boolean;
  readonly at: number;
}

/** An arrow function of one expression: no value, only what a method of an array does with each item. */
export interface ArrowNode {
  readonly parameters: readonly { readonly slot: number; readonly takes: Takes }[];
  readonly body: ExpressionNode;
  /** Nodes of the body, without those of arrow functions in it. */
  readonly size: number;
  readonly at: number;
}

/** What a parameter is taken apart as: `[a, b] => ...` an array, `({ a }) => ...` anything but null and undefined. */
export type Takes = 'anything' | 'array' | 'object';

export interface MemberNode {
  readonly type: 'member';
  readonly object: ExpressionNode;
  /** A fixed name, or the node that computes it. */
  readonly property: string | ExpressionNode;
  readonly optional: boolean;
  readonly at: number;
}

export interface SpreadNode {
  readonly type: 'spread';
  readonly argument: ExpressionNode;
  readonly at: number;
}

/** An item of an array or an argument of a call. */
export type ItemNode = ExpressionNode | SpreadNode;

export type EntryNode =
  | {
      readonly type: 'entry';
      readonly key: string | ExpressionNode;
      readonly value: ExpressionNode;
      readonly at: number;
    }
  | SpreadNode;

export const UNARY_OPERATORS = ['!', '-', '+', '~', 'typeof', 'void'] as const;
export type UnaryOperator = (typeof UNARY_OPERATORS)[number];

export const BINARY_OPERATORS = [
  '==',
  '!=',
  '===',
  '!==',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
  '<<',
  '>>',
  '>>>',
  '&',
  '|',
  '^',
  'in',
  'instanceof',
] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];
