import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Place, Problem } from '@borescope/agent-protocol';
import { type BindPorts, describeScope, insideWith, type ThisInPause, undescribed } from './bind.ts';
import type { FileOnDisk } from './disk.ts';
import { blockedByPolicy, originOnDisk, withOrigin } from './origin.ts';
import { type NameInScope, scopeAt, type UnseenWork } from './scopes.ts';
import { shownLine, shownLineAt } from './shown-line.ts';
import type { GeneratedPosition } from './source-map.ts';
import { readSyntax } from './syntax.ts';
import { lineText, offsetOf, splitLines } from './text.ts';

/** Where the code of a file that is not loaded will stand, told from the files on disk. */
export interface Ahead {
  readonly file: FileOnDisk;
  /** ES modules have a URL, CommonJS has a bare path. */
  readonly urls: readonly string[];
  readonly position: GeneratedPosition;
  readonly names: readonly NameInScope[];
  readonly used: ReadonlySet<string>;
  readonly hasThis: boolean;
  readonly thisInPause: ThisInPause;
  readonly functionLength: number;
  readonly unseen: UnseenWork;
}

/** A return of a variable: only V8 can tell whether it stops before it or at it, so the worse is taken until it does. */
const RETURNS_NAME = /^return\s+[\p{ID_Start}$_][\p{ID_Continue}$]*\s*(?:[;}\n]|$)/u;
const NAME_LENGTH = 256;

/**
 * `ahead` absent: the script is made when it is loaded (TypeScript at run time), so it cannot be told. `origin`: the files of
 * which the code will be made.
 */
export type LookedAhead =
  | { ok: true; ahead: Ahead | undefined; origin: readonly string[] }
  | { ok: false; problem: Problem };

export async function lookAhead(
  file: FileOnDisk,
  place: Place,
  ports: Pick<BindPorts, 'redactor' | 'areBlocked'>,
): Promise<LookedAhead> {
  const { redactor } = ports;
  const origin = await originOnDisk(file);
  if (await ports.areBlocked(origin)) return { ok: false, problem: blockedByPolicy(file.path) };
  const original = splitLines(file.mapped?.map.content(file.mapped.source) ?? (await readFile(file.path, 'utf8')));
  const text = lineText(original, place.line - 1);
  const refuse = (code: Problem['code'], message: string, hint: string): LookedAhead => ({
    ok: false,
    problem: { code, message, hint },
  });
  const near = nearLines(original, place.line, file);
  const hint = `Nearest lines: ${near.map((line) => `${line}: ${shownLine(lineText(original, line - 1)?.trim() ?? '', redactor)}`).join(' | ')}`;
  if (text === undefined) {
    return refuse(
      'LINE_NOT_EXECUTABLE',
      `line ${place.line} is past the end of ${file.path}, which has ${original.starts.length} lines`,
      hint,
    );
  }
  if (place.expectLine !== undefined && place.expectLine.trim() !== text.trim()) {
    return refuse(
      'SOURCE_MISMATCH',
      `line ${place.line} of ${file.path} reads: ${shownLineAt(original, place.line, redactor)}`,
      'The file is not loaded yet; this is its text on disk.',
    );
  }
  const generated = file.mapped?.map.generated(file.mapped.source, place.line)[0];
  if (idle(text) || (file.mapped && generated === undefined)) {
    return refuse('LINE_NOT_EXECUTABLE', `nothing is executed on line ${place.line} of ${file.path}`, hint);
  }
  if (!/\.[cm]?js$/.test(file.scriptPath)) return { ok: true, ahead: undefined, origin };
  const code = splitLines(await readFile(file.scriptPath, 'utf8'));
  const line = generated?.line ?? place.line - 1;
  const column = generated?.column ?? (lineText(code, line) ?? '').search(/\S/);
  const syntax = readSyntax(code.text, true) ?? readSyntax(code.text, false);
  const offset = offsetOf(code, line, column);
  const scope = syntax && scopeAt(syntax, offset);
  if (scope?.inWith) return { ok: false, problem: insideWith(place.line) };
  const described = scope
    ? describeScope(scope, offset, RETURNS_NAME.test(code.text.slice(offset, offset + NAME_LENGTH)))
    : undescribed(code.text.length);
  const urls = [pathToFileURL(file.scriptPath).href, file.scriptPath];
  const names = withOrigin(described.names, code, file.mapped?.map);
  return { ok: true, ahead: { file, urls, position: { line, column }, ...described, names }, origin };
}

/** Blank, or nothing but a comment or a bracket. */
function idle(text: string): boolean {
  return /^\s*(\/\/.*|\/\*.*\*\/|[{}()[\];,]*)\s*$/.test(text);
}

function nearLines(lines: ReturnType<typeof splitLines>, line: number, file: FileOnDisk): number[] {
  if (file.mapped) return file.mapped.map.linesNear(file.mapped.source, line).slice(0, 3);
  const wanted = Math.min(line, lines.starts.length);
  return lines.starts
    .map((_, index) => index + 1)
    .filter((other) => !idle(lineText(lines, other - 1) ?? ''))
    .sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b)
    .slice(0, 3);
}
