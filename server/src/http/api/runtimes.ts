import { z } from 'zod';
import { fromCursor, toCursor } from '../../actions/cursor.ts';
import { renderRuntime, runtimeSchema } from '../../mcp/tools/list-runtimes.ts';
import { visibleLine } from '../../mcp/visible-text.ts';
import type { BrokerContext } from './api-context.ts';
import { defineRoute } from './api-route.ts';
import { untrustedField } from './fields.ts';

const name = z.string().min(1).max(256).optional();
const PAGE = 200;

export const listRuntimes = defineRoute({
  id: 'listRuntimes',
  method: 'GET',
  path: '/api/runtimes',
  need: 'read',
  summary: 'Runtimes that are attached',
  description: `Those that the caller may see, by their ids, ${PAGE} on a page.`,
  input: z.strictObject({
    service: name,
    environment: name,
    version: name,
    name: name.describe('Matches service, id and host; * stands for any characters.'),
    cursor: z.string().max(512).optional().describe('next_cursor of the page before.'),
  }),
  output: z.object({
    total: z.int(),
    runtimes: z.array(
      runtimeSchema.extend({ service: z.string(), environment: z.string().optional(), version: z.string().optional() }),
    ),
    next_cursor: z.string().optional(),
    untrusted: untrustedField,
  }),
  async run({ cursor, ...given }, { actions, token }: BrokerContext) {
    const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const after = cursor === undefined ? '' : fromCursor(cursor);
    const all = await actions.runtimes(token, filter);
    const rest = all
      .filter(({ runtime }) => runtime.id > after)
      .toSorted((one, other) => (one.runtime.id < other.runtime.id ? -1 : 1));
    const page = rest.slice(0, PAGE);
    const last = page.at(-1);
    return {
      total: all.length,
      runtimes: page.map((attached) => {
        const { service, environment, version } = attached.runtime;
        return {
          ...renderRuntime(attached),
          service: visibleLine(service, 256),
          ...(environment !== undefined && { environment: visibleLine(environment, 256) }),
          ...(version !== undefined && { version: visibleLine(version, 256) }),
        };
      }),
      ...(rest.length > PAGE && last !== undefined && { next_cursor: toCursor(last.runtime.id) }),
      untrusted: true as const,
    };
  },
});
