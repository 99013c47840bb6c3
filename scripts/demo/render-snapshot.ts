import { inspect } from 'node:util';
import { root } from '../prepare.mjs';
import type { Snapshot } from './snapshot.ts';

const WIDTH = 110;

/** A captured snapshot as a person at a terminal wants to see it. */
export function renderSnapshot({ placements, hits, cost, redactions }: Snapshot): string[] {
  const lines: string[] = [];
  for (const hit of hits) {
    const text = placements.find(({ runtime }) => runtime === hit.runtime)?.source_line ?? '';
    lines.push(`  ${short(hit.file)}:${hit.line}, in ${hit.function}`, `  > ${text.trim()}`, '');
    const locals = Object.entries(hit.variables?.local ?? {});
    const column = Math.max(...locals.map(([name]) => name.length));
    for (const [name, value] of locals) {
      const [first = '', ...rest] = show(value).split('\n');
      lines.push(
        `    ${name.padEnd(column)} = ${first}`,
        ...rest.map((line) => `    ${' '.repeat(column + 3)}${line}`),
      );
    }
    lines.push('', '    called from');
    for (const frame of hit.stack?.slice(1, 5) ?? [])
      lines.push(`      ${frame.function}  ${short(frame.file)}:${frame.line}`);
  }
  lines.push(
    '',
    `  Hidden before it left the process: ${redactions.count} values (${redactions.kinds.join(', ')})`,
    `  Taken from the application: ${taken(cost)}`,
  );
  return lines;
}

function taken({ total_ms, samples, arming_ms }: Snapshot['cost']): string {
  const arming = arming_ms === undefined ? '' : `, ${arming_ms} ms to set the probe`;
  return `${total_ms} ms in ${samples} ${samples === 1 ? 'sample' : 'samples'}${arming}`;
}

/** Paths of the repository as a person knows them. */
function short(file: string): string {
  return file.startsWith(root) ? file.slice(root.length) : file;
}

function show(value: unknown): string {
  return inspect(readable(value), { depth: 8, breakLength: WIDTH, maxStringLength: 200, maxArrayLength: 20 });
}

/** What the result marks as hidden, cut or not yet set reads `<hidden email>`; everything else stays as it is. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const marked = mark(value);
  if (marked !== undefined) return { [inspect.custom]: () => `<${marked}>` };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

function mark(value: object): string | undefined {
  if ('$redacted' in value) return `hidden ${value.$redacted}`;
  if ('$depth' in value) return `${value.$depth}, nested too deep to show`;
  if ('$' in value) return String(value.$);
  return undefined;
}
