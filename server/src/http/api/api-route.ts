import type { z } from 'zod';
import { BorescopeError } from '../../actions/error.ts';
import { parseArguments } from '../../mcp/arguments.ts';
import type { Expected } from '../../store/current-document.ts';
import { HttpError, type HttpErrorCode } from '../http-error.ts';
import type { RouteNeed } from './api-caller.ts';

/** What came with a request, not looked at yet. */
export interface RawInput {
  readonly path?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  /** The header of that name. */
  readonly ifMatch?: string | undefined;
}

interface RouteHead extends RouteNeed {
  /** Names it in the description and in generated clients. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/api/tokens/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Of success; 200 where not given. */
  readonly status?: 201;
  /** Codes beyond those that every route may answer with. */
  readonly errors?: readonly HttpErrorCode[];
}

/** One route, for who does not know which. `Context`: what its handler works with. */
export interface ApiRoute<Context> extends RouteHead {
  /** The fields that the path names come from there, the others from the query of GET and DELETE, from the body of the rest. */
  readonly input: z.ZodObject;
  /** Of the answer; of each line where `lines`. */
  readonly output: z.ZodType;
  /** The answer is a stream of JSON lines. */
  readonly lines: boolean;
  /** The answer has a `version`, which is its ETag. */
  readonly versioned: boolean;
  /** A change names the version that it was made from, in If-Match. */
  readonly conditional: boolean;
  /** Checks what came, and answers. Rejects with `HttpError`, `BorescopeError` or `StoreUnavailable`. */
  handle(given: RawInput, context: Context): Promise<unknown>;
}

/** The same with its types, for who calls it by name. */
export interface TypedRoute<Context, In extends z.ZodObject, Out extends z.ZodType> extends ApiRoute<Context> {
  readonly input: In;
  readonly output: Out;
}

export interface RouteDefinition<Context, In extends z.ZodObject, Out extends z.ZodType, Answer> extends RouteHead {
  readonly input: In;
  readonly output: Out;
  readonly versioned?: true;
  readonly conditional?: true;
  /** `expected`: the version that If-Match names where the route is conditional, else 0. */
  run(input: z.output<In>, context: Context, expected: Expected): Promise<Answer>;
}

export function defineRoute<Context, In extends z.ZodObject, Out extends z.ZodType>(
  definition: RouteDefinition<Context, In, Out, z.output<Out>>,
): TypedRoute<Context, In, Out> {
  return define(definition, false);
}

/** `output` is of one line. */
export function defineLines<Context, In extends z.ZodObject, Out extends z.ZodType>(
  definition: RouteDefinition<Context, In, Out, AsyncIterable<z.output<Out>>>,
): TypedRoute<Context, In, Out> {
  return define(definition, true);
}

function define<Context, In extends z.ZodObject, Out extends z.ZodType>(
  definition: RouteDefinition<Context, In, Out, unknown>,
  lines: boolean,
): TypedRoute<Context, In, Out> {
  const { versioned = false, conditional = false, run, ...head } = definition;
  return {
    ...head,
    lines,
    versioned,
    conditional,
    async handle(given, context) {
      const { input, of } = gathered(head, given);
      const parsed = parseArguments(head.input, input, of);
      return run(parsed, context, conditional ? versionIn(given.ifMatch) : 0);
    },
  };
}

/** Names in the path of a route. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Where the fields are that are not in the path. */
export function inputPart({ method }: Pick<RouteHead, 'method'>): 'query' | 'body' {
  return method === 'GET' || method === 'DELETE' ? 'query' : 'body';
}

/** A field counts where it belongs only: what a path says cannot be said otherwise by a body. */
function gathered(head: RouteHead, given: RawInput): { input: object; of: 'query' | 'body' } {
  const of = inputPart(head);
  const fields = objectIn(of, given[of]);
  const path = objectIn('path', given.path);
  const other = of === 'query' ? 'body' : 'query';
  const [stray] = [
    ...Object.keys(objectIn(other, given[other])).map((name) => [other, name] as const),
    ...Object.keys(fields).flatMap((name) => (Object.hasOwn(path, name) ? [[of, name] as const] : [])),
  ];
  if (stray === undefined) return { input: { ...fields, ...path }, of };
  const [where, name] = stray;
  throw invalid(`${where}: unknown field ${JSON.stringify(name.slice(0, 64))}`);
}

function objectIn(where: keyof RawInput, value: unknown): object {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalid(`${where}: must be an object`);
}

function invalid(message: string): BorescopeError {
  return new BorescopeError('LIMIT_EXCEEDED', message, 'See /api/openapi.json for what may stand there.');
}

/** One strong entity tag, as GET answers it (RFC 9110, 8.8.3), or `*` for whatever is there (13.1.1). */
function versionIn(ifMatch: string | undefined): Expected {
  if (ifMatch === undefined) {
    throw new HttpError(
      'PRECONDITION_REQUIRED',
      'the header If-Match is missing',
      'Read it first, and send the ETag of that answer as If-Match, so that no change of somebody else is lost.',
    );
  }
  if (ifMatch.trim() === '*') return 'any';
  const version = /^"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (version !== undefined) return Number(version);
  throw new HttpError(
    'BAD_REQUEST',
    'the header If-Match is not one ETag of this resource',
    'Send the ETag as it was answered, such as "3", or * to replace whatever is there.',
  );
}

/** As If-Match has it, too. */
export function etagOf(version: Expected): string {
  return version === 'any' ? '*' : `"${version}"`;
}

/** What was read is not what is there any more. */
export function changedMeanwhile(what: string): HttpError {
  return new HttpError(
    'PRECONDITION_FAILED',
    `${what} was changed meanwhile`,
    'Read it again, make the change in what is there now, and send that with its ETag.',
  );
}

/** The same for what is another organization's, what was deleted, and what never was. */
export function noSuch(what: string, list: string): HttpError {
  return new HttpError('NOT_FOUND', `there is no such ${what}`, `See ${list} for those that are there.`);
}
