import { LIMITS } from '@borescope/agent-protocol';
import type { SourceRedactor } from '@borescope/redaction';
import type { BreakLocation } from './bind.ts';
import type { Target } from './locate.ts';
import type { NameInScope } from './scopes.ts';
import { shownLine } from './shown-line.ts';
import type { LoadedMap } from './source-map.ts';
import { type Lines, positionOf } from './text.ts';

/** Names that are listed, and characters of a line that are repeated. */
const NAMES = 5;
const LINE_LENGTH = 80;
const RENAMED = 20;
/** A line as only a minifier writes it: code units, and places on it where execution can stop. */
const LONG_LINE = 500;
const MANY_PLACES = 10;

/** A line that sees what is hidden from the one that was asked for. */
export interface Neighbour {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/**
 * What V8 does not let be seen at a bare `return x` behind the assignment of x in an inner block, and where to look
 * instead: there is no place between the two at which x has its value and the block is still there.
 */
export function hiddenNote(
  names: readonly NameInScope[],
  neighbour: Neighbour | undefined,
  redactor: SourceRedactor,
): string | undefined {
  const hidden = names.filter((one) => one.hidden && !one.shadowed).map(({ name }) => `\`${name.slice(0, 64)}\``);
  if (hidden.length === 0) return undefined;
  const more = hidden.length > NAMES ? ` and ${hidden.length - NAMES} more` : '';
  const before =
    neighbour === undefined
      ? ''
      : ` Line ${neighbour.line} (${shownLine(neighbour.text.trim(), redactor).slice(0, LINE_LENGTH)}) still sees the ` +
        'block, just before it runs: an expression there can compute the value.';
  return (
    `${hidden.slice(0, NAMES).join(', ')}${more} cannot be seen at this return: V8 has left the inner block by then.` +
    `${before} What is returned can be seen behind the call, in the caller.`
  );
}

/**
 * Names that a minifier gave to variables in scope, by the names that their declarations have in the source. Only what
 * the map tells at the declaration itself is certain.
 */
export function renamedAt(
  names: readonly NameInScope[],
  lines: Lines,
  map: LoadedMap | undefined,
): Map<string, string> {
  const renamed = new Map<string, string>();
  if (map === undefined) return renamed;
  for (const { name, shadowed, binding } of names) {
    if (shadowed || binding.declaredAt === undefined) continue;
    const at = positionOf(lines, binding.declaredAt);
    const original = map.originalName(at.line, at.column);
    if (original !== undefined && original !== name && !renamed.has(original)) renamed.set(original, name);
  }
  return renamed;
}

export function renamedNote(renamed: ReadonlyMap<string, string>): string | undefined {
  if (renamed.size === 0) return undefined;
  const shown = [...renamed]
    .slice(0, RENAMED)
    .map(([original, name]) => `\`${original.slice(0, 32)}\` is \`${name.slice(0, 32)}\``);
  const more = renamed.size > RENAMED ? ` and ${renamed.size - RENAMED} more` : '';
  return (
    'The code that runs has other names than its source, in what is captured and in expressions: ' +
    `${shown.join(', ')}${more}. A variable that a minifier has inlined is not there.`
  ).slice(0, LIMITS.stringLength);
}

/** Where the line is that of generated code although it is not what the developer wrote, or may not be. */
export function generatedNote(
  { script, mapped }: Target,
  line: string,
  on: readonly BreakLocation[],
): string | undefined {
  if (mapped !== undefined) return undefined;
  const minified = line.length > LONG_LINE && on.length > MANY_PLACES;
  if (script.sourceMapUrl !== '') {
    return (
      'The source map that this script names cannot be read: lines, names and values are those of the generated code. ' +
      'Deploy the map where the script says it is.'
    );
  }
  if (!minified) return undefined;
  return (
    'This script looks minified and has no source map: lines, names and values are those of the generated code, and the ' +
    'probe stands at the first statement of its line. Deploy it with its source map (sourceMappingURL).'
  );
}
