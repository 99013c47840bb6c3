import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { missingScope } from '../access/grants.ts';
import type { Scope } from '../access/scopes.ts';
import { TOOLS } from './catalogue.ts';

const toolCall = z.object({ method: z.literal('tools/call'), params: z.object({ name: z.string() }) });

/** What an application calls here, and the scope that it would have to be given for it; undefined where that is not what it lacks. */
export function neededScope(body: unknown, caller: Caller): { tool: string; scope: Scope } | undefined {
  if (caller.scopes === undefined) return undefined;
  // Clients of March 2025 may send several at once.
  for (const message of Array.isArray(body) ? body : [body]) {
    const call = toolCall.safeParse(message);
    const tool = call.success ? TOOLS.find(({ name }) => name === call.data.params.name) : undefined;
    if (tool === undefined) continue;
    const scope = missingScope(caller, tool.permission);
    if (scope !== undefined) return { tool: tool.name, scope };
  }
  return undefined;
}
