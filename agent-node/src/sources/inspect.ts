import { readFile } from 'node:fs/promises';
import type { Inspection, Place } from '@borescope/agent-protocol';
import { lookAhead } from './ahead.ts';
import { type BindPorts, bind, originalLines } from './bind.ts';
import { findOnDisk } from './disk.ts';
import { ambiguous, type Located, notFound } from './locate.ts';
import { blockedByPolicy, originOf } from './origin.ts';
import type { NameInScope } from './scopes.ts';
import { shownLines } from './shown-line.ts';
import { type Lines, splitLines } from './text.ts';

/** Lines shown on each side. */
const AROUND = 10;
const MAX_NAMES = 500;
const MAX_SCRIPTS = 50;
const SEARCH_MS = 2000;

/** What stands at a place, without placing anything. */
export async function inspectPlace(
  place: Place,
  ports: BindPorts,
  find: (file: string) => Promise<Located>,
  roots: readonly string[],
  now: () => number,
): Promise<Inspection> {
  const located = await find(place.file);
  const nothing = { source: [], names: [], scripts: [], pending: false };
  if (located.kind === 'ambiguous')
    return { ...nothing, problem: ambiguous(place.file, located.paths), scripts: located.paths };
  if (located.kind === 'none') return inspectOnDisk(place, ports, located.nearest, roots, now);
  for (const target of located.targets) {
    if (await ports.areBlocked(await originOf(target, ports.store)))
      return { ...nothing, problem: blockedByPolicy(target.path) };
  }
  const target = located.targets.find(({ script }) => !script.inVmContext) ?? located.targets[0];
  if (target === undefined) return { ...nothing, problem: notFound(place.file, []) };
  const bound = await bind(target, place, ports);
  const lines = (await originalLines(target, ports.store)) ?? splitLines('');
  const scripts = [...new Set(located.targets.map(({ script }) => script.url))].slice(0, MAX_SCRIPTS);
  const source = around(lines, place.line, ports);
  if (!bound.ok) return { ...nothing, problem: bound.problem, source, scripts };
  const names = bound.binding.names.filter((name) => isReadable(name, ports)).map(({ name }) => name);
  return { bound: bound.binding.place, source, names: names.slice(0, MAX_NAMES), scripts, pending: false };
}

async function inspectOnDisk(
  place: Place,
  ports: BindPorts,
  nearest: readonly string[],
  roots: readonly string[],
  now: () => number,
): Promise<Inspection> {
  const onDisk = await findOnDisk(place.file, roots, now() + SEARCH_MS, now);
  const nothing = { source: [], names: [], scripts: [], pending: false };
  if (onDisk.kind === 'ambiguous') return { ...nothing, problem: ambiguous(place.file, onDisk.paths) };
  const file = onDisk.kind === 'found' ? onDisk.files[0] : undefined;
  if (file === undefined) {
    const also = onDisk.kind === 'none' ? onDisk.nearest : [];
    return { ...nothing, problem: notFound(place.file, [...new Set([...nearest, ...also])]) };
  }
  const looked = await lookAhead(file, place, ports);
  if (!looked.ok && looked.problem.code === 'BLOCKED_BY_POLICY') return { ...nothing, problem: looked.problem };
  const text = file.mapped?.map.content(file.mapped.source) ?? (await readFile(file.path, 'utf8'));
  const source = around(splitLines(text), place.line, ports);
  if (!looked.ok) return { ...nothing, source, problem: looked.problem, pending: true };
  const names = looked.ahead?.names.filter((name) => isReadable(name, ports)).map(({ name }) => name) ?? [];
  return { source, names: names.slice(0, MAX_NAMES), scripts: [], pending: true };
}

function isReadable({ uninitialized, hidden, shadowed, declaredIn }: NameInScope, ports: BindPorts): boolean {
  return !uninitialized && !hidden && !shadowed && !ports.hides(declaredIn);
}

function around(lines: Lines, line: number, ports: BindPorts): { line: number; text: string }[] {
  const count = lines.starts.length;
  const first = Math.max(1, Math.min(line, count) - AROUND);
  const last = Math.min(count, line + AROUND);
  return shownLines(lines, first, last, ports.redactor).map((text, index) => ({ line: first + index, text }));
}
