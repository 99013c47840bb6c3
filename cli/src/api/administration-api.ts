import type { AdministrationContext, Expected, TypedRoute } from '@borescope/server/administration';
import type { z } from 'zod';
import { Failure } from '../failure.ts';

type Route<In extends z.ZodObject, Out extends z.ZodType> = TypedRoute<AdministrationContext, In, Out>;

/**
 * What a command of administration works with: the routes of the API, asked of a broker over HTTP, or run on the store itself.
 * Each command is written once, over this. Functions reject with `ApiFailure` where the answer is an error.
 */
export interface AdministrationApi {
  /** Name of the organization that it is for. */
  readonly organization: string;
  /** Where it works, for a person: a directory, or an address without credentials. */
  readonly named: string;
  /** `version`: the one that a change is made from, where the route asks for it. */
  call<In extends z.ZodObject, Out extends z.ZodType>(
    route: Route<In, Out>,
    input: z.input<In>,
    version?: Expected,
  ): Promise<z.output<Out>>;
  /** The same with what a person has written, which the route checks. */
  send<In extends z.ZodObject, Out extends z.ZodType>(
    route: Route<In, Out>,
    document: unknown,
    version?: Expected,
  ): Promise<z.output<Out>>;
  /** The lines that a route answers with. */
  lines<In extends z.ZodObject, Out extends z.ZodType>(
    route: Route<In, Out>,
    input: z.input<In>,
  ): AsyncIterable<z.output<Out>>;
}

/** The command that lists what a route of the API does. */
const LISTED: Readonly<Record<string, string>> = {
  '/api/tokens': 'token list',
  '/api/users': 'user list',
  '/api/approvals': 'approvals list',
};

/** An error of the API, for a person. */
export class ApiFailure extends Failure {
  readonly code: string;

  constructor(code: string, message: string, hint: string) {
    super(told(code, message, hint));
    this.code = code;
  }
}

/** Hints of these two are for who writes requests: a person is told a command, or has the command's own help. */
function told(code: string, message: string, hint: string): string {
  if (code !== 'NOT_FOUND' && code !== 'LIMIT_EXCEEDED') return `${message}. ${hint}`;
  const list = LISTED[/GET (\/api\/\w+)/.exec(hint)?.[1] ?? ''];
  return list === undefined ? message : `${message}: borescope ${list} shows those that are there`;
}
