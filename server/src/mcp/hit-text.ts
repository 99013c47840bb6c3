import type { Json } from './render-value.ts';
import type { ActionResult } from './result-schema.ts';
import { visibleLine, visibleName } from './visible-text.ts';

type RenderedHit = ActionResult['hits'][number];

/** Characters of one value; the structured form has all. */
const VALUE_LIMIT = 1500;
/** Frames that are worth reading first; the structured form has all. */
const FRAMES = 8;

/** A hit as short lines. Paths below `directory` are written without it. */
export function hitLines(hit: RenderedHit, directory: string): string[] {
  const at = `${visibleName(hit.function)} ${shortName(hit.file, directory)}:${hit.line}`;
  const lines = [`hit ${hit.hit} ${hit.time} ${at} runtime ${hit.runtime}`];
  for (const { expression, value, error } of hit.values ?? []) {
    const told = error === undefined ? valueText(value) : `error ${JSON.stringify(error)}`;
    lines.push(`  ${visibleLine(expression, 200)} => ${told}`);
  }
  for (const [scope, members] of Object.entries(hit.variables ?? {})) {
    if (scope === 'this') lines.push(...thisLine(members));
    else if (isRecord(members)) lines.push(...variableLines(scope, members));
  }
  if (hit.stack !== undefined && hit.stack.length > 0) lines.push(stackLine(hit.stack, directory));
  return lines;
}

/** Functions outside of classes have no `this` worth a line. */
function thisLine(value: unknown): string[] {
  const text = valueText(value);
  return text === '{"$":"undefined"}' ? [] : [`  this = ${text}`];
}

/** Names without a value share a line: there may be many, and each says nothing more than that. */
const VALUELESS = ['uninitialized', 'not_captured'];

function variableLines(scope: string, members: { [name: string]: Json }): string[] {
  const mark = scope === 'local' ? '' : `${scope} `;
  const named = Object.entries(members).map(([name, value]) => ({ name: visibleName(name), text: valueText(value) }));
  const texts = VALUELESS.map((kind) => JSON.stringify({ $: kind }));
  const lines = named.filter(({ text }) => !texts.includes(text)).map(({ name, text }) => `  ${mark}${name} = ${text}`);
  for (const [index, kind] of VALUELESS.entries()) {
    const names = named.filter(({ text }) => text === texts[index]).map(({ name }) => name);
    if (names.length > 0) lines.push(`  ${mark}${kind}: ${names.join(', ')}`);
  }
  return lines;
}

function stackLine(stack: NonNullable<RenderedHit['stack']>, directory: string): string {
  const frames = stack.slice(0, FRAMES).map(({ function: name, file, line }) => {
    const at = file === '' ? '(native)' : `${shortName(file, directory)}:${line}`;
    return name === '' ? at : `${visibleName(name)} ${at}`;
  });
  if (stack.length > FRAMES) frames.push(`${stack.length - FRAMES} more frames`);
  return `  stack: ${frames.join(' < ')}`;
}

function shortName(file: string, directory: string): string {
  return visibleName(directory !== '' && file.startsWith(directory) ? file.slice(directory.length) : file);
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length <= VALUE_LIMIT
    ? text
    : `${text.slice(0, VALUE_LIMIT)}... (${text.length} characters in the structured content)`;
}

function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
