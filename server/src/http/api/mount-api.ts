import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Attachments } from '../../access/attachments.ts';
import type { Standing } from '../../access/authenticate.ts';
import type { Caller } from '../../access/caller.ts';
import { bearerCredential } from '../../access/credentials.ts';
import { mayDo } from '../../access/grants.ts';
import type { Actions } from '../../actions/actions.ts';
import { BorescopeError } from '../../actions/error.ts';
import { accessDenied, HttpError, MissingScope, unavailable } from '../http-error.ts';
import { challengeOf, insufficientScope, type Reception, whoAsks } from '../who-asks.ts';
import { apiCaller, requireNeed, scopesFor } from './api-caller.ts';
import type { AdministrationServices, BrokerContext } from './api-context.ts';
import { type ApiRoute, etagOf } from './api-route.ts';
import { DESCRIPTION_PATH, openApiDocument } from './openapi.ts';
import { API_ROUTES } from './routes.ts';

export interface ApiOptions extends AdministrationServices, Reception {
  readonly actions: Actions;
  readonly attachments: Attachments;
  readonly version: string;
  readonly draining: () => boolean;
}

/** Whom the credential of a request has let in. */
interface Known {
  readonly caller: Caller;
  readonly standing: Standing;
}

/**
 * Mounts /api: who it is is known before a body is read, and what that may do is asked on every request. Credentials are read
 * from the Authorization header alone, which no page of another site can make a browser send.
 */
export function mountApi(app: FastifyInstance, options: ApiOptions): void {
  const { draining } = options;
  const callers = new WeakMap<FastifyRequest, Known>();

  for (const route of API_ROUTES) {
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      // It would do all the work of GET, an export of the audit too.
      exposeHeadRoute: false,
      async onRequest(request) {
        if (draining()) throw unavailable('the broker is shutting down');
        const found = await whoAsks(request, bearerCredential(request.headers), 'admin', options);
        if (!found.ok) throw accessDenied(found, challengeOf(request, scopesFor(route), options));
        callers.set(request, found);
      },
      async handler(request, reply) {
        const known = callers.get(request);
        if (known === undefined) throw new Error('a request to the API came past authentication');
        try {
          return await answer(route, known, request, reply);
        } catch (error) {
          await options.controls.refusals.told(known.caller, { route: route.id }, error);
          if (error instanceof MissingScope) throw insufficientScope(request, known.caller, error.missing, options);
          throw error instanceof BorescopeError ? inHttp(error) : error;
        }
      },
    });
  }

  const document = JSON.stringify(openApiDocument(API_ROUTES, options.version));
  app.get(DESCRIPTION_PATH, { exposeHeadRoute: false }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  );

  async function answer(
    route: ApiRoute<BrokerContext>,
    { caller: token, standing }: Known,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    // Who administers ends what an assistant does that has used up the calls of all.
    await options.controls.quotas.call(token, { own: mayDo(token, 'admin') });
    const caller = apiCaller(token);
    requireNeed(caller, route);
    const { params: path, query, body } = request;
    const given = { path, query, body, ifMatch: request.headers['if-match'] };
    const { store, tokens, users, controls, administration, now, actions } = options;
    const context = { store, tokens, users, controls, administration, now, actions, token, caller };
    const done = await route.handle(given, context);
    reply.status(route.status ?? 200);
    if (route.lines) return stream(standing, reply, lines(done));
    const version = route.versioned ? versionOf(done) : undefined;
    if (version !== undefined) reply.header('etag', etagOf(version));
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(done));
  }

  /** Ends within a second when the token does, like every other stream. */
  function stream(standing: Standing, reply: FastifyReply, body: AsyncIterable<string>): FastifyReply {
    const readable = Readable.from(body);
    const detach = options.attachments.add(standing, () => reply.raw.destroy());
    reply.raw.once('close', detach);
    return reply.type('application/jsonl; charset=utf-8').send(readable);
  }
}

async function* lines(answer: unknown): AsyncGenerator<string> {
  if (!isAsyncIterable(answer)) throw new Error('a route of lines has answered something else');
  for await (const line of answer) yield `${JSON.stringify(line)}\n`;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function versionOf(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null || !('version' in answer)) return undefined;
  return typeof answer.version === 'number' ? answer.version : undefined;
}

function inHttp({ code, message, hint, retryAfterMs }: BorescopeError): HttpError {
  const seconds = retryAfterMs === undefined ? undefined : String(Math.max(Math.ceil(retryAfterMs / 1000), 1));
  return new HttpError(code, message, hint, seconds === undefined ? {} : { 'retry-after': seconds });
}
