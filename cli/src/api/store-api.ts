import type { AdministrationContext, Expected, TypedRoute } from '@borescope/server/administration';
import type { z } from 'zod';
import { type Administration, organizationNamed } from '../administration.ts';
import { type AdministrationApi, ApiFailure } from './administration-api.ts';

/** The routes, run on the store: whoever has it may do everything, in the organization of that name. */
export async function storeApi(administration: Administration, organization: string): Promise<AdministrationApi> {
  const { store, services, by: actor, named } = administration;
  const { etagOf, inputPart } = await import('@borescope/server/administration');
  const { id } = await organizationNamed(store, organization);
  const caller = { organization: id, role: 'admin', actor, runsInstallation: true } as const;
  const context: AdministrationContext = { ...services, caller };

  async function run<In extends z.ZodObject, Out extends z.ZodType>(
    route: TypedRoute<AdministrationContext, In, Out>,
    input: unknown,
    version: Expected | undefined,
  ): Promise<unknown> {
    const ifMatch = version === undefined ? undefined : etagOf(version);
    return route.handle({ [inputPart(route)]: input, ifMatch }, context).catch(told);
  }

  return {
    organization,
    named,
    call: async (route, input, version) => route.output.parse(await run(route, input, version)),
    send: async (route, document, version) => route.output.parse(await run(route, document, version)),
    async *lines(route, input) {
      const answer = await run(route, input, undefined);
      if (!isAsyncIterable(answer)) throw new Error(`${route.path} gives no lines`);
      for await (const line of answer) yield route.output.parse(line);
    },
  };
}

/** Errors that the API would answer with; all others are as they are. */
function told(error: unknown): never {
  if (error instanceof Error && 'hint' in error && 'code' in error) {
    throw new ApiFailure(String(error.code), error.message, String(error.hint));
  }
  throw error;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
