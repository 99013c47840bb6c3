import { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccountStep } from '../oauth/accounts.ts';
import { PATHS, withScope } from '../oauth/endpoints.ts';
import type { InteractionStep, PageAnswer } from '../oauth/interactions.ts';
import { resourceMetadata, serverMetadata } from '../oauth/metadata.ts';
import type { Arrival, OAuth } from '../oauth/oauth.ts';
import { message, type Page, pageHeaders } from '../oauth/page.ts';
import { clientMetadata, RegistrationRefused } from '../oauth/registration.ts';
import type { Throttled } from '../oauth/throttle.ts';
import type { BaseUrl } from './base-url.ts';
import { clientAddress } from './client-address.ts';
import { HttpError } from './http-error.ts';

/** Bytes of a form or a registration. */
const BODY_LIMIT = 32 * 1024;

export interface OAuthRoutesOptions {
  readonly oauth: OAuth;
  readonly baseUrl: BaseUrl;
}

/** What the provider is told that is not as the client has sent it, and the form where it asks for tokens. */
interface Served {
  readonly url?: string;
  readonly body?: Buffer;
  readonly form?: URLSearchParams;
}

/** The doors of the authorization server, in a scope of its own: bodies are forms here, and are read whole before anything else. */
export function mountOAuth(app: FastifyInstance, { oauth, baseUrl }: OAuthRoutesOptions): void {
  const baseOf = (request: FastifyRequest): string => {
    const base = baseUrl(request.headers);
    if (base !== undefined) return base;
    const hint = 'Set BORESCOPE_PUBLIC_URL to the https:// address under which people reach the broker, or use tokens.';
    throw new HttpError('NOT_FOUND', 'people cannot sign in at this address', hint);
  };

  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
    app.get(path, async (request) => resourceMetadata(baseOf(request)));
  }
  app.get('/.well-known/oauth-authorization-server', async (request) => serverMetadata(baseOf(request), oauth));

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      ['application/x-www-form-urlencoded', 'application/json'],
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      async (_request: FastifyRequest, body: Buffer) => body,
    );

    scope.get(PATHS.authorization, async (request, reply) => {
      const base = baseOf(request);
      const refused = await throttled('authorize', request);
      if (refused !== undefined) return send(reply, refused);
      const query = queryOf(request);
      if ((query.get('response_mode') ?? 'query') !== 'query') {
        const text = 'It asks for an answer in another form than the broker gives: response_mode must be query.';
        return send(reply, message('This sign-in cannot go on', text, 400));
      }
      return serve(request, reply, base, { url: `${PATHS.authorization}?${withScope(query)}` });
    });
    scope.get(`${PATHS.authorization}/:uid`, async (request, reply) => serve(request, reply, baseOf(request)));
    scope.post(PATHS.token, async (request, reply) =>
      serve(request, reply, baseOf(request), { form: formOf(request) }),
    );
    scope.post(PATHS.revocation, async (request, reply) => serve(request, reply, baseOf(request)));

    scope.post(PATHS.registration, async (request, reply) => {
      const base = baseOf(request);
      const retryAfter = await oauth.throttle.take('register', clientAddress(request));
      if (retryAfter !== undefined) return slowDown(reply, retryAfter);
      try {
        const metadata = clientMetadata(JSON.parse(bodyOf(request).toString('utf8')));
        return await serve(request, reply, base, {
          url: PATHS.registration,
          body: Buffer.from(JSON.stringify(metadata)),
        });
      } catch (error) {
        if (error instanceof RegistrationRefused) {
          return reply.status(400).send({ error: error.code, error_description: error.message });
        }
        if (!(error instanceof SyntaxError)) throw error;
        return reply.status(400).send({ error: 'invalid_client_metadata', error_description: 'it is not JSON' });
      }
    });

    scope.post(PATHS.device_authorization, async (request, reply) => {
      const base = baseOf(request);
      const retryAfter = await oauth.throttle.take('device', clientAddress(request));
      if (retryAfter !== undefined) return slowDown(reply, retryAfter);
      const parameters = withScope(formOf(request));
      return serve(request, reply, base, { url: PATHS.device_authorization, body: Buffer.from(parameters.toString()) });
    });
    scope.get(PATHS.code_verification, async (request, reply) => {
      // With `user_code` the provider answers by a page that sends itself on by a script: the code is filled in instead.
      const code = queryOf(request).get('user_code');
      const query = code === null ? '' : `?${new URLSearchParams({ code })}`;
      return serve(request, reply, baseOf(request), { url: PATHS.code_verification + query });
    });
    scope.post(PATHS.code_verification, async (request, reply) => {
      const refused = await throttled('code', request);
      return refused === undefined ? serve(request, reply, baseOf(request)) : send(reply, refused);
    });
    scope.get(`${PATHS.code_verification}/:uid`, async (request, reply) => serve(request, reply, baseOf(request)));

    const steps: InteractionStep[] = ['sign-in', 'password', 'consent', 'other-account'];
    const interaction = (step: InteractionStep) => async (request: FastifyRequest, reply: FastifyReply) =>
      send(reply, await oauth.interaction(step, arrival(request, reply)));
    scope.get('/oauth/interaction/:uid', interaction('show'));
    scope.get('/oauth/interaction/:uid/upstream', interaction('upstream'));
    for (const step of steps) scope.post(`/oauth/interaction/:uid/${step}`, interaction(step));

    scope.get('/oauth/upstream', async (request, reply) => {
      const redirect = await oauth.backFromUpstream(queryOf(request));
      const text = 'It was not finished in time, or was finished already. Start it again from the application.';
      return send(reply, redirect === undefined ? message('This sign-in has expired', text, 400) : { redirect });
    });

    const account = (step: AccountStep) => async (request: FastifyRequest, reply: FastifyReply) =>
      send(reply, await oauth.account(step, arrival(request, reply)));
    scope.get('/oauth/account', account('show'));
    for (const step of ['password', 'disconnect', 'sign-out'] as const) {
      scope.post(`/oauth/account/${step}`, account(step));
    }
  });

  function arrival(request: FastifyRequest, reply: FastifyReply): Arrival {
    const base = baseOf(request);
    return {
      base,
      request: told(request, base),
      response: reply.raw,
      query: queryOf(request),
      form: formOf(request),
      address: clientAddress(request),
    };
  }

  async function throttled(what: Throttled, request: FastifyRequest): Promise<Page | undefined> {
    const seconds = await oauth.throttle.take(what, clientAddress(request));
    if (seconds === undefined) return undefined;
    const page = message('Too many requests', 'Try again in a few minutes.', 429);
    return { ...page, headers: { 'retry-after': String(seconds) } };
  }

  /** The provider writes its answer itself. */
  async function serve(request: FastifyRequest, reply: FastifyReply, base: string, { url, body, form }: Served = {}) {
    // What hooks have set would be lost.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    await oauth.serve(base, told(request, base, url, body), reply.raw, form);
  }
}

/**
 * The request as the provider is to see it: at the address that we know, from whom we know, and with a body that was read
 * within its limit. What else a client or a proxy says of hosts and schemes is not passed on.
 */
function told(
  request: FastifyRequest,
  base: string,
  url = request.raw.url ?? '/',
  body = bodyOf(request),
): IncomingMessage {
  const { raw } = request;
  const { host, protocol } = new URL(base);
  const kept = Object.entries(raw.headers).filter(
    ([name]) => !/^(x-forwarded-.*|forwarded|transfer-encoding|content-length|expect)$/.test(name),
  );
  const copy = new IncomingMessage(raw.socket);
  copy.method = raw.method ?? 'GET';
  copy.url = url;
  copy.httpVersion = raw.httpVersion;
  copy.headers = {
    ...Object.fromEntries(kept),
    host,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-host': host,
    'x-forwarded-for': clientAddress(request),
    ...(body.length > 0 && { 'content-length': String(body.length) }),
  };
  copy.complete = true;
  if (body.length > 0) copy.push(body);
  copy.push(null);
  return copy;
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function formOf(request: FastifyRequest): URLSearchParams {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return new URLSearchParams(isForm ? bodyOf(request).toString('utf8') : '');
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
}

function send(reply: FastifyReply, answer: PageAnswer): FastifyReply {
  if ('redirect' in answer) return reply.redirect(answer.redirect, 303);
  const { status, body, ...rest } = answer;
  return reply.status(status).headers(pageHeaders(rest)).send(body);
}

function slowDown(reply: FastifyReply, seconds: number): FastifyReply {
  return reply
    .status(429)
    .header('retry-after', String(seconds))
    .send({ error: 'temporarily_unavailable', error_description: `too many requests: try again in ${seconds} s` });
}
