import { z } from 'zod';
import type { ListedRuntime } from '../../actions/actions.ts';
import { BorescopeError } from '../../actions/error.ts';
import { notFound } from '../../actions/target.ts';
import { cursorArgument, targetArguments, targetFrom } from '../place-arguments.ts';
import { untrusted } from '../result-schema.ts';
import { defineTool } from '../tool.ts';
import { visibleLine, visibleName } from '../visible-text.ts';

/** Runtimes on one page. */
const PAGE = 100;
const NONE = 'No runtime is attached that this token may see. Start one with: node --import @borescope/agent app.js';

export const runtimeSchema = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  language: z.string().describe('For example node 20.20.2.'),
  agent_version: z.string(),
  commit: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  capabilities: z.array(z.string()),
  started_at: z.string().describe('By the clock of the runtime.'),
  attached_at: z.string().describe('Since when it is attached to the broker, without a break.'),
  last_heard_seconds_ago: z
    .int()
    .optional()
    .describe('Only where it should have been heard since: its connection may be dead, and probes may not reach it.'),
});

const groupSchema = z.object({
  service: z.string(),
  environment: z.string().optional(),
  version: z.string().optional(),
  count: z.int().describe('Runtimes of this group, on all pages.'),
  runtimes: z.array(runtimeSchema).describe('Those on this page.'),
});

const output = z.object({
  total: z.int(),
  groups: z.array(groupSchema).describe('By service, environment and version.'),
  next_cursor: z.string().optional().describe('There are more: give it as cursor.'),
  untrusted,
});

export const listRuntimes = defineTool({
  name: 'list_runtimes',
  title: 'List running processes',
  description:
    'Lists the running processes that can be looked into, by service, environment and version. Call it first: the other ' +
    'tools take these names and ids in `runtimes`. Costs the application nothing.',
  permission: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    ...targetArguments,
    name: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('Matches service, id and host; * stands for any characters, for example shop-*.'),
    cursor: cursorArgument,
  }),
  output,
  async run(input, { actions, caller }) {
    const after = input.cursor === undefined ? undefined : readCursor(input.cursor);
    const all = await actions.runtimes(caller, {
      ...targetFrom(input),
      ...(input.name !== undefined && { name: input.name }),
    });
    const sorted = all.map((attached) => ({ attached, key: sortKey(attached) })).toSorted(byKey);
    const rest = after === undefined ? sorted : sorted.filter(({ key }) => key > after);
    const page = rest.slice(0, PAGE);
    const last = page.at(-1);
    const structured: z.infer<typeof output> = {
      total: all.length,
      groups: groups(
        page.map(({ attached }) => attached),
        all,
      ),
      ...(rest.length > PAGE && last !== undefined && { next_cursor: Buffer.from(last.key).toString('base64url') }),
      untrusted: true,
    };
    if (all.length > 0) return { structured, text: text(structured) };
    // A name that is nearly right shows itself beside those that there are.
    const visible = await actions.runtimes(caller, {});
    return { structured, text: visible.length === 0 ? NONE : `No attached runtime matches. ${notFound(visible).hint}` };
  },
});

type Keyed = { attached: ListedRuntime; key: string };
type Group = z.infer<typeof groupSchema>;

function byKey(a: Keyed, b: Keyed): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function groupKey({ runtime }: ListedRuntime): string {
  return JSON.stringify([runtime.service, runtime.environment ?? '', runtime.version ?? '']);
}

function sortKey(attached: ListedRuntime): string {
  return `${groupKey(attached)}${attached.runtime.id}`;
}

function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key.startsWith('["')) return key;
  throw new BorescopeError(
    'LIMIT_EXCEEDED',
    'cursor: not one of ours',
    'Give next_cursor of the page before, or none.',
  );
}

function groups(page: readonly ListedRuntime[], all: readonly ListedRuntime[]): Group[] {
  const counts = new Map<string, number>();
  for (const attached of all) counts.set(groupKey(attached), (counts.get(groupKey(attached)) ?? 0) + 1);
  const made = new Map<string, Group>();
  for (const attached of page) {
    const { runtime } = attached;
    const key = groupKey(attached);
    const group = made.get(key) ?? {
      service: visibleLine(runtime.service, 256),
      ...(runtime.environment !== undefined && { environment: visibleLine(runtime.environment, 256) }),
      ...(runtime.version !== undefined && { version: visibleLine(runtime.version, 256) }),
      count: counts.get(key) ?? 0,
      runtimes: [],
    };
    made.set(key, group);
    group.runtimes.push(renderRuntime(attached));
  }
  return [...made.values()];
}

export function renderRuntime({ runtime, attachedAt, overdueMs }: ListedRuntime): z.infer<typeof runtimeSchema> {
  const tags = Object.entries(runtime.tags).filter(([key]) => key !== '__proto__');
  return {
    id: runtime.id,
    host: visibleLine(runtime.host, 256),
    pid: runtime.pid,
    language: visibleLine(`${runtime.language} ${runtime.languageVersion}`, 128),
    agent_version: visibleLine(runtime.agentVersion, 64),
    ...(runtime.commit !== undefined && { commit: visibleLine(runtime.commit, 64) }),
    tags: Object.fromEntries(tags.map(([key, value]) => [visibleLine(key, 128), visibleLine(value, 256)])),
    capabilities: runtime.capabilities.map((capability) => visibleLine(capability, 64)),
    started_at: new Date(Math.min(Math.max(runtime.startedAt, 0), 8.64e15)).toISOString(),
    attached_at: new Date(attachedAt).toISOString(),
    ...(overdueMs !== undefined && { last_heard_seconds_ago: Math.round(overdueMs / 1000) }),
  };
}

function text(result: z.infer<typeof output>): string {
  const lines = [`${result.total} ${result.total === 1 ? 'runtime' : 'runtimes'}`];
  for (const group of result.groups) {
    const version = group.version === undefined ? '' : ` version ${visibleName(group.version)}`;
    const environment = group.environment === undefined ? '' : ` in ${visibleName(group.environment)}`;
    lines.push(`${visibleName(group.service)}${version}${environment}: ${group.count}`);
    for (const runtime of group.runtimes) {
      const tags = Object.entries(runtime.tags).map(([key, value]) => `${visibleName(key)}=${visibleName(value)}`);
      const overdue = runtime.last_heard_seconds_ago;
      const heard = overdue === undefined ? [] : [`(last heard ${overdue} s ago: its connection may be dead)`];
      const at = `${visibleName(runtime.host)} pid ${runtime.pid}`;
      lines.push([`  ${runtime.id}`, at, runtime.language, ...tags, ...heard].join(' '));
    }
  }
  if (result.next_cursor !== undefined) lines.push(`more with cursor ${result.next_cursor}`);
  return lines.join('\n');
}
