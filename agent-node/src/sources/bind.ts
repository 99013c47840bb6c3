import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { BoundPlace, Place, Problem } from '@borescope/agent-protocol';
import type { SourceRedactor } from '@borescope/redaction';
import type { Target } from './locate.ts';
import { generatedNote, hiddenNote, type Neighbour, renamedAt, renamedNote } from './note.ts';
import { type BlockedCode, blockedByPolicy, originOf, withOrigin } from './origin.ts';
import {
  type FunctionSyntax,
  type NameInScope,
  namesAt,
  type SyntaxScope,
  scopeAt,
  type UnseenWork,
  unseenWork,
} from './scopes.ts';
import type { ScriptStore } from './script-store.ts';
import { shownLine, shownLineAt } from './shown-line.ts';
import type { GeneratedPosition } from './source-map.ts';
import { type Lines, lineText, offsetOf, splitLines } from './text.ts';

/** A break location as V8 gives it, 0-based. */
export interface Location extends GeneratedPosition {
  readonly scriptId: string;
}

/** One of V8's own list of places where execution can stop. */
export interface BreakLocation extends GeneratedPosition {
  /** At the return itself, when its value is there already. */
  readonly atReturn: boolean;
}

/**
 * Whether V8 knows the `this` of a frame in a real pause (`DebugStackTraceIterator::GetReceiver`): of an arrow function only
 * where a closure directly around it keeps it, of an async one it gives what stands in its place on the stack.
 */
export type ThisInPause = 'always' | 'perhaps' | 'never';

/** What a probe at one place must know. */
export interface Binding {
  readonly location: Location;
  readonly place: BoundPlace;
  readonly names: readonly NameInScope[];
  /** Identifiers that stand in the function around the place. */
  readonly used: ReadonlySet<string>;
  /** By their names in the source: the names of variables that a minifier has named anew. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly hasThis: boolean;
  readonly thisInPause: ThisInPause;
  /** UTF-16 code units of the function around the place, which V8 parses on each pass, and of the whole script. */
  readonly functionLength: number;
  readonly scriptLength: number;
  readonly unseen: UnseenWork;
  /** The files of which the code here is made. */
  readonly origin: readonly string[];
}

export type Bound = { ok: true; binding: Binding } | { ok: false; problem: Problem };

export interface BindPorts extends BlockedCode {
  readonly store: ScriptStore;
  readonly redactor: SourceRedactor;
  /** V8's own list of places where execution can stop, in a range of a script. */
  possible(scriptId: string, start: GeneratedPosition, end: GeneratedPosition): Promise<BreakLocation[]>;
}

/** Lines looked at on each side for a place that can be named instead: the next step only where the last found none. */
const NEAR = [15, 100, 1000] as const;
/** Lines of a mapped file that are tried at most. */
const TRIED = 40;
const NEAREST_SHOWN = 3;
/** In code whose syntax could not be read. */
const WITH = /\bwith\s*\(/;
/** Lines of the script looked at above a return, for one that sees its block. */
const LINES_ABOVE = 50;

/** Finds where a line (1-based, as the developer wrote it) can carry a probe in one script. */
export async function bind(target: Target, place: Place, ports: BindPorts): Promise<Bound> {
  // Before anything of it is told: a refusal quotes the source.
  const origin = await originOf(target, ports.store);
  if (await ports.areBlocked(origin)) return { ok: false, problem: blockedByPolicy(target.path) };
  if (target.script.inVmContext) {
    const message = `${target.path} runs in a context of node:vm, which probes do not reach`;
    return refuse(
      'LINE_NOT_EXECUTABLE',
      message,
      'Probe the code that runs it, or that it calls, outside of the context.',
    );
  }
  const original = await originalLines(target, ports.store);
  const text = original === undefined ? undefined : lineText(original, place.line - 1);
  if (original !== undefined && text === undefined) {
    const count = original.starts.length;
    const hint = (await nearestHint(target, place.line, original, ports)) ?? `The file has ${count} lines.`;
    return refuse(
      'LINE_NOT_EXECUTABLE',
      `line ${place.line} is past the end of ${target.path}, which has ${count} lines`,
      hint,
    );
  }
  if (original && place.expectLine !== undefined && text?.trim() !== place.expectLine.trim()) {
    return refuse(
      'SOURCE_MISMATCH',
      `line ${place.line} of ${target.path} reads: ${shownLineAt(original, place.line, ports.redactor)}`,
      whereExpected(original, place.expectLine),
    );
  }
  const locations = await locationsOf(target, place.line, ports);
  const syntax = await ports.store.syntax(target.script);
  const lines = await ports.store.text(target.script);
  const chosen = choose(locations, syntax, lines);
  if (chosen === undefined) {
    const hint =
      (await nearestHint(target, place.line, original, ports)) ??
      'No line of this file can carry a probe: does another one hold the code?';
    return refuse('LINE_NOT_EXECUTABLE', `nothing is executed on line ${place.line} of ${target.path}`, hint);
  }
  const offset = offsetOf(lines, chosen.line, chosen.column);
  const scope = syntax && scopeAt(syntax, offset);
  if (scope === undefined ? WITH.test(lines.text) : scope.inWith) return { ok: false, problem: insideWith(place.line) };
  const mapped = target.mapped?.map.original(chosen.line, chosen.column);
  const name = scope?.owner.name;
  const sourceLine =
    original === undefined
      ? shownLineAt(lines, chosen.line + 1, ports.redactor)
      : shownLineAt(original, place.line, ports.redactor);
  const described = scope ? describeScope(scope, offset, chosen.atReturn) : undescribed(lines.text.length);
  const names = withOrigin(described.names, lines, target.mapped?.map);
  const shown = names.filter(({ declaredIn }) => !ports.hides(declaredIn));
  const neighbour =
    chosen.atReturn && syntax
      ? await lineBefore(target, chosen, syntax, { generated: lines, original }, ports)
      : undefined;
  const renamed = renamedAt(shown, lines, target.mapped?.map);
  const isNear = ({ name, scope }: NameInScope) => scope !== 'module' || described.used.has(name);
  const note =
    hiddenNote(shown, neighbour, ports.redactor) ??
    renamedNote(renamedAt(shown.filter(isNear), lines, target.mapped?.map)) ??
    generatedNote(target, lineText(lines, chosen.line) ?? '', locations);
  return {
    ok: true,
    binding: {
      location: { scriptId: target.script.id, line: chosen.line, column: chosen.column },
      place: {
        file: target.path,
        line: place.line,
        column: mapped?.column ?? chosen.column,
        sourceLine,
        ...(name ? { function: name.slice(0, 1024) } : {}),
        ...(target.script.hash.length <= 64 ? { scriptHash: target.script.hash } : {}),
        ...(note === undefined ? {} : { note }),
      },
      ...described,
      names,
      origin,
      renamed,
      scriptLength: target.script.length,
    },
  };
}

type Described = Pick<Binding, 'names' | 'used' | 'hasThis' | 'thisInPause' | 'functionLength' | 'unseen'>;

/** Of code that could not be read: it may do anything. */
export function undescribed(length: number): Described {
  const hasThis = false;
  return { names: [], used: new Set(), hasThis, thisInPause: 'never', functionLength: length, unseen: 'loop' };
}

export function describeScope(scope: SyntaxScope, offset: number, atReturn: boolean): Described {
  const { owner } = scope;
  return {
    names: namesAt(scope, offset, atReturn),
    used: owner.identifiers,
    hasThis: owner.parent !== undefined && offset >= owner.thisReadyAt && readableThis(owner),
    thisInPause: thisInPause(owner),
    functionLength: owner.end - owner.start,
    unseen: unseenWork(owner, offset),
  };
}

/** The nearest line above in the same function at which V8 has not left the block yet. */
async function lineBefore(
  { script, mapped }: Target,
  chosen: BreakLocation,
  syntax: SyntaxScope,
  lines: { readonly generated: Lines; readonly original: Lines | undefined },
  ports: BindPorts,
): Promise<Neighbour | undefined> {
  const scopeOf = (at: GeneratedPosition) => scopeAt(syntax, offsetOf(lines.generated, at.line, at.column));
  const block = scopeOf(chosen);
  const from = { line: Math.max(0, chosen.line - LINES_ABOVE), column: 0 };
  const above = await ports.possible(script.id, from, { line: chosen.line, column: chosen.column });
  const seeing = above.filter((at) => !at.atReturn && scopeOf(at) === block).at(-1);
  if (seeing === undefined) return undefined;
  const line = mapped === undefined ? seeing.line + 1 : mapped.map.original(seeing.line, seeing.column)?.line;
  const text = line === undefined || lines.original === undefined ? undefined : lineText(lines.original, line - 1);
  return line === undefined || text === undefined ? undefined : { line, text };
}

function thisInPause({ arrow, async }: FunctionSyntax): ThisInPause {
  if (!arrow) return 'always';
  return async ? 'never' : 'perhaps';
}

/** An arrow keeps the `this` around it only where it, or an arrow in it, uses it. */
function readableThis(owner: FunctionSyntax): boolean {
  if (!owner.arrow) return true;
  if (!owner.usesThis) return false;
  let at: FunctionSyntax | undefined = owner;
  while (at?.arrow && !at.inField) at = at.parent;
  return at?.inField === true || at?.parent !== undefined;
}

/** The text of the file that the developer knows; undefined where it is neither in the map nor on disk. */
export async function originalLines(target: Target, store: ScriptStore): Promise<Lines | undefined> {
  if (target.mapped === undefined) return store.text(target.script);
  const content = target.mapped.map.content(target.mapped.source);
  if (content !== undefined) return splitLines(content);
  try {
    return isAbsolute(target.path) ? splitLines(await readFile(target.path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}

async function locationsOf(target: Target, line: number, ports: BindPorts): Promise<BreakLocation[]> {
  const { script, mapped } = target;
  if (mapped === undefined) {
    return ports.possible(script.id, { line: line - 1, column: 0 }, { line, column: 0 });
  }
  const generated = mapped.map.generated(mapped.source, line);
  const found: BreakLocation[] = [];
  for (const generatedLine of new Set(generated.map((position) => position.line))) {
    const columns = generated.filter((position) => position.line === generatedLine).map((position) => position.column);
    const start = { line: generatedLine, column: Math.min(...columns) };
    for (const location of await ports.possible(script.id, start, { line: generatedLine + 1, column: 0 })) {
      const from = mapped.map.original(location.line, location.column);
      if (from?.source === mapped.source && from.line === line) found.push(location);
    }
  }
  return found;
}

/**
 * The first place on the line; but where that is only the definition of a function that stands on the same line
 * (`const f = (x) => x + 1`), the first place inside it: that is the code that runs.
 */
function choose(
  locations: readonly BreakLocation[],
  syntax: SyntaxScope | undefined,
  lines: Lines,
): BreakLocation | undefined {
  const first = locations[0];
  if (first === undefined || syntax === undefined) return first;
  const ownerAt = (at: GeneratedPosition) => scopeAt(syntax, offsetOf(lines, at.line, at.column)).owner;
  const outer = ownerAt(first);
  const lineStart = offsetOf(lines, first.line, 0);
  // It is inside a function of the line: a definition further inside is one of its statements.
  if (outer.parent !== undefined && outer.start >= lineStart) return first;
  const inner = locations.find((location) => {
    const owner = ownerAt(location);
    return owner.parent === outer && owner.defined && owner.start >= lineStart;
  });
  return inner ?? first;
}

async function nearestHint(
  target: Target,
  line: number,
  original: Lines | undefined,
  ports: BindPorts,
): Promise<string | undefined> {
  const near = await executableNear(target, line, original, ports);
  if (near.length === 0) return undefined;
  const shown = near.map((other) => {
    const text = original && lineText(original, other - 1);
    return text === undefined ? `${other}` : `${other}: ${shownLine(text.trim(), ports.redactor)}`;
  });
  return `Nearest lines that run: ${shown.join(' | ')}`;
}

async function executableNear(
  target: Target,
  line: number,
  original: Lines | undefined,
  ports: BindPorts,
): Promise<number[]> {
  const { script, mapped } = target;
  const wanted = original === undefined ? line : Math.min(line, original.starts.length);
  const byDistance = (a: number, b: number) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b;
  if (mapped === undefined) {
    for (const near of NEAR) {
      const start = { line: Math.max(0, wanted - 1 - near), column: 0 };
      const found = await ports.possible(script.id, start, { line: wanted + near, column: 0 });
      const lines = new Set(found.map((location) => location.line + 1));
      if (lines.size > 0) return [...lines].sort(byDistance).slice(0, NEAREST_SHOWN);
    }
    return [];
  }
  const lines: number[] = [];
  for (const other of mapped.map.linesNear(mapped.source, wanted).slice(0, TRIED)) {
    if (lines.length === NEAREST_SHOWN) break;
    if ((await locationsOf(target, other, ports)).length > 0) lines.push(other);
  }
  return lines;
}

function whereExpected(lines: Lines | undefined, expected: string): string {
  const wanted = expected.trim();
  const found: number[] = [];
  for (let i = 0; lines !== undefined && i < lines.starts.length && found.length < NEAREST_SHOWN; i++) {
    if (lineText(lines, i)?.trim() === wanted) found.push(i + 1);
  }
  return found.length > 0
    ? `The expected text stands on line ${found.join(', ')}.`
    : 'The deployed file differs from the one at hand: look at the deployed commit, or call inspect_location.';
}

/** Even the name of the agent's own entry would be looked up in the object of the `with` first. */
export function insideWith(line: number): Problem {
  return {
    code: 'LINE_NOT_EXECUTABLE',
    message: `line ${line} stands in the body of a \`with\` statement, where to read a name may run code of the application`,
    hint: 'Probe a line outside of it: the `with` statement itself, a function that it calls, or its caller.',
  };
}

function refuse(code: Problem['code'], message: string, hint: string): Bound {
  return { ok: false, problem: { code, message: message.slice(0, 4096), hint: hint.slice(0, 4096) } };
}
