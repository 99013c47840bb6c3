import type { CapturedValue } from '@borescope/agent-protocol';
import type { Finding, Redactor } from '@borescope/redaction';
import type { BlockedObjects } from './blocked-objects.ts';
import type { ClassTable } from './class-name.ts';
import { jsonBytes } from './json-bytes.ts';
import type { NameTable } from './name-table.ts';
import { takeListed, type WideObjects } from './wide-objects.ts';

/** What a capturer keeps from hit to hit. */
export interface Memory {
  readonly redactor: Redactor;
  readonly names: NameTable;
  readonly classes: ClassTable;
  readonly wide: WideObjects;
  readonly blocked: BlockedObjects | undefined;
  /** Microseconds, of any origin. */
  readonly now: () => number;
}

/** Private fields of one object, by names such as `#total`. */
export interface PrivateFields {
  readonly of: unknown;
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

export type CutReason = 'size' | 'nodes' | 'time';

/**
 * One capture. A value is placed in two steps: `shape.ts` makes its node and says in `cost` what it takes, `place` pays
 * for it; the contents of objects are placed later, breadth first and one object of each root in turn, so that a budget
 * that runs out cuts what is deep and far first, and a huge `req` does not crowd out a small `order` beside it. The queue
 * is lists side by side, so that a queued object takes no object of its own.
 */
export interface Walk {
  readonly memory: Memory;
  /** Microseconds of work that are left, and when they were last counted. */
  timeLeft: number;
  lookedAt: number;
  /** Whatever the work was: here it ends. */
  deadline: number;
  nodesLeft: number;
  bytesLeft: number;
  /** Of `this`, where the place is in its class. */
  readonly privateFields: PrivateFields;
  /** Set by the first budget that runs out; nothing is placed after it. */
  stopped: CutReason | undefined;
  /** Bytes of the node that was made last. */
  cost: number;
  /** The object whose contents are to follow the node that was made last. */
  opened: object | undefined;
  /** What is placed now comes from an expression that can make texts: it is shown without pseudonyms. */
  unlinked: boolean;
  redactions: number;
  readonly kinds: string[];
  readonly objects: object[];
  readonly nodes: ContainerNode[];
  readonly levels: number[];
  /** Index in the queue of the object that this one was found in, or -1. */
  readonly parents: number[];
  readonly slots: Slot[];
  /** The variable or expression that a queued object belongs to, counted from 0. */
  readonly roots: number[];
  /** The next object in the queue of the same root, or -1. */
  readonly nexts: number[];
  /** Root by root: the first object that waits, or -1, and the last that ever did. */
  readonly heads: number[];
  readonly tails: number[];
  /** `unlinked`, object by object. */
  readonly origins: boolean[];
}

/** What has contents that are placed after it: items, entries, properties. */
export type ContainerNode = Extract<CapturedValue, { type: 'object' | 'array' | 'map' | 'set' | 'error' }> | LeafNode;

/** Complete, but for properties that somebody gave it. */
export type LeafNode = Extract<CapturedValue, { type: 'date' | 'regexp' | 'function' | 'promise' | 'buffer' }>;

export function isLeaf(node: ContainerNode): node is LeafNode {
  switch (node.type) {
    case 'date':
    case 'regexp':
    case 'function':
    case 'promise':
    case 'buffer':
      return true;
    default:
      return false;
  }
}

/** Where a queued node stands, so that it can be replaced when its contents are cut: a record's `value`, or an item. */
export type Slot = { value?: CapturedValue | undefined } | { cause?: CapturedValue | undefined } | CapturedValue[];

/**
 * Where the walk stops, one container is filled in part, and a marker stands behind its last property: with a name of at
 * most so many bytes. Every later container is replaced by a marker that is shorter than itself.
 */
export const MARKED_NAME_BYTES = 64;
/** Looking at the clock takes 0.1 us, placing a value about as much. */
const NODES_PER_LOOK = 16;

/**
 * Microseconds that count between two looks. On a busy machine the thread is taken off its core for many milliseconds:
 * that is not the capture's time, and the application would have lost it anyway.
 */
const MOST_A_LOOK = 4000;

/** True where the node that was made last could be paid for. */
export function pay(walk: Walk, extra: number): boolean {
  if (walk.stopped !== undefined) return false;
  const bytes = walk.cost + extra;
  if (walk.nodesLeft <= 0) walk.stopped = 'nodes';
  else if (walk.bytesLeft < bytes) walk.stopped = 'size';
  else if (hasListed(walk) || (walk.nodesLeft % NODES_PER_LOOK === 0 && isLate(walk))) walk.stopped = 'time';
  else {
    walk.nodesLeft--;
    walk.bytesLeft -= bytes;
    return true;
  }
  return false;
}

/** Microseconds at least; see `createWideObjects`. A look at the clock would take a part of it for a wait. */
const LISTED_KEY = 0.5;

/** One wide object may take more than there is; a second one must not. */
function hasListed(walk: Walk): boolean {
  const keys = takeListed();
  if (keys === 0) return false;
  walk.timeLeft -= keys * LISTED_KEY;
  return walk.timeLeft < 0;
}

function isLate(walk: Walk): boolean {
  const now = walk.memory.now();
  const gone = now - walk.lookedAt;
  walk.lookedAt = now;
  walk.timeLeft -= gone < MOST_A_LOOK ? gone : MOST_A_LOOK;
  return walk.timeLeft < 0 || now > walk.deadline;
}

/** Queues the contents of the node that was paid for last, where it has any. */
export function follow(walk: Walk, node: CapturedValue, level: number, parent: number, slot: Slot): void {
  const { opened } = walk;
  if (opened === undefined) return;
  walk.opened = undefined;
  const { objects } = walk;
  const index = objects.length;
  objects[index] = opened;
  walk.nodes[index] = node as ContainerNode;
  walk.levels[index] = level;
  walk.parents[index] = parent;
  walk.slots[index] = slot;
  walk.origins[index] = walk.unlinked;
  walk.nexts[index] = -1;
  const root = (parent === -1 ? undefined : walk.roots[parent]) ?? walk.heads.length;
  walk.roots[index] = root;
  const tail = walk.tails[root];
  if (tail === undefined || walk.heads[root] === -1) walk.heads[root] = index;
  else walk.nexts[tail] = index;
  walk.tails[root] = index;
}

/** Takes the next object of a root from the queue, or gives -1. */
export function take(walk: Walk, root: number): number {
  const index = walk.heads[root] ?? -1;
  if (index !== -1) walk.heads[root] = walk.nexts[index] ?? -1;
  return index;
}

export function cutMarker(walk: Walk): CapturedValue {
  return { type: 'truncated', reason: walk.stopped ?? 'size' };
}

/** Counts one hidden value and gives what stands in its place. */
export function hidden(walk: Walk, finding: Finding): CapturedValue {
  countKind(walk, finding.kind);
  const { kind, of, length } = finding;
  const pseudonym = walk.unlinked ? undefined : finding.pseudonym;
  walk.cost = 90 + kind.length + of.length + (pseudonym === undefined ? 0 : pseudonym.length);
  return { type: 'redacted', kind, of, length, pseudonym };
}

export function countKind(walk: Walk, kind: string): void {
  walk.redactions++;
  const { kinds } = walk;
  for (let i = 0; i < kinds.length; i++) if (kinds[i] === kind) return;
  // The frame allows 256 kinds.
  if (kinds.length >= 256) return;
  kinds[kinds.length] = kind;
  walk.bytesLeft -= jsonBytes(kind) + 1;
}
