import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { missingScope } from '../access/grants.ts';
import type { Scope } from '../access/scopes.ts';
import { TOOLS } from './catalogue.ts';

const toolCall = z.object({ method: z.literal('tools/call'), params: z.object({ name: z.string() }) });

/** The scope that an application would have to be given for what it calls here; undefined where that is not what it lacks. */
export function neededScope(body: unknown, caller: Caller): Scope | undefined {
  if (caller.scopes === undefined) return undefined;
  // Clients of March 2025 may send several at once.
  for (const message of Array.isArray(body) ? body : [body]) {
    const call = toolCall.safeParse(message);
    const tool = call.success ? TOOLS.find(({ name }) => name === call.data.params.name) : undefined;
    const missing = tool && missingScope(caller, tool.permission);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
