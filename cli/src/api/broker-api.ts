import type { BrokerContext, Expected, TypedRoute } from '@borescope/server/administration';
import { z } from 'zod';
import { apiUrl } from '../broker-address.ts';
import { brokerFetch } from '../broker-fetch.ts';
import { Failure, UsageError } from '../failure.ts';
import { signInToken } from '../sign-in/access-token.ts';
import { type AdministrationApi, ApiFailure } from './administration-api.ts';

/** Milliseconds without a byte after which the broker is taken for gone. Checking a long audit takes a while. */
const SILENCE = 120_000;
/** Characters of one line of an answer. */
const LONGEST_LINE = 1024 * 1024;

const errorBody = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });

/**
 * The routes, asked of a running broker: with the token in BORESCOPE_ADMIN_TOKEN, else as the person who has signed in there.
 * `organization`: as the command names it; it has to be that of the credential. `option`: where the address stands, for a person.
 */
export async function brokerApi(
  address: string,
  option: string,
  organization: string | undefined,
): Promise<AdministrationApi> {
  const base = apiUrl(address, option);
  const { token, whose, isSignIn } = await credentialAt(base);
  const request = brokerFetch(base, process.env);
  const { etagOf, getMe, inputPart, pathNames } = await import('@borescope/server/administration');

  async function ask<In extends z.ZodObject, Out extends z.ZodType>(
    route: TypedRoute<BrokerContext, In, Out>,
    given: unknown,
    version: Expected | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw new ApiFailure('LIMIT_EXCEEDED', 'it must be an object', '');
    }
    const inPath = pathNames(route.path);
    const fields = Object.entries(given).filter(([, value]) => value !== undefined);
    const filled = inPath.reduce((path, name) => {
      const [, value] = fields.find(([field]) => field === name) ?? [];
      return path.replace(`{${name}}`, encodeURIComponent(String(value)));
    }, route.path);
    const rest = fields.filter(([name]) => !inPath.includes(name));
    const url = new URL(base);
    url.pathname = base.pathname.replace(/\/api$/, filled);
    const inBody = inputPart(route) === 'body';
    if (!inBody) for (const [name, value] of rest) url.searchParams.set(name, String(value));
    const response = await request(url, {
      method: route.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(inBody && { 'content-type': 'application/json' }),
        ...(version !== undefined && { 'if-match': etagOf(version) }),
      },
      ...(inBody && { body: JSON.stringify(Object.fromEntries(rest)) }),
      // A token is for the broker that is named, and for no other.
      redirect: 'error',
      signal,
    });
    if (!response.ok) throw await failureIn(response, base.origin, isSignIn);
    return response;
  }

  async function send<In extends z.ZodObject, Out extends z.ZodType>(
    route: TypedRoute<BrokerContext, In, Out>,
    given: unknown,
    version?: Expected,
  ): Promise<z.output<Out>> {
    const watch = watchSilence();
    try {
      const response = await ask(route, given, version, watch.signal);
      return route.output.parse(await response.json());
    } catch (error) {
      throw reachable(error, base.origin);
    } finally {
      watch.stop();
    }
  }

  const me = await send(getMe, {});
  if (organization !== undefined && organization !== me.organization.name) {
    throw new Failure(
      `${whose} is of the organization ${me.organization.name}, not of ${organization}: use one of that`,
    );
  }
  return {
    organization: me.organization.name,
    named: base.origin,
    call: send,
    send,
    async *lines(route, input) {
      const watch = watchSilence();
      try {
        const response = await ask(route, input, undefined, watch.signal);
        for await (const line of linesOf(response, watch.heard)) yield route.output.parse(JSON.parse(line));
      } catch (error) {
        throw reachable(error, base.origin);
      } finally {
        watch.stop();
      }
    },
  };
}

/** `whose`: which it is, for a person. */
async function credentialAt({ origin }: URL): Promise<{ token: string; whose: string; isSignIn: boolean }> {
  const token = process.env['BORESCOPE_ADMIN_TOKEN'];
  if (token !== undefined && token !== '')
    return { token, whose: 'the token in BORESCOPE_ADMIN_TOKEN', isSignIn: false };
  const signedIn = await signInToken(origin);
  if (signedIn !== undefined) return { token: signedIn, whose: `the sign-in at ${origin}`, isSignIn: true };
  throw new UsageError(
    `BORESCOPE_ADMIN_TOKEN: set it to an admin token (borescope token create --kind admin --name NAME, where the store is), or sign in at ${origin} with borescope login --admin --url ${origin}`,
  );
}

async function* linesOf(response: Response, heard: () => void): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    heard();
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Failure('the broker has sent a line without an end');
    yield* parts;
  }
  if (rest !== '') throw new Failure('the answer of the broker breaks off');
}

function watchSilence(): { signal: AbortSignal; heard: () => void; stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Failure(SILENT)), SILENCE);
  return { signal: controller.signal, heard: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

const SILENT = `the broker has been silent for ${SILENCE / 1000} s`;

async function failureIn(response: Response, origin: string, isSignIn: boolean): Promise<Failure> {
  if (isSignIn && response.status === 401) {
    return new Failure(`the sign-in at ${origin} has ended: borescope login --admin --url ${origin}`);
  }
  // The person has not let this command do it; that the account may not is told otherwise (RFC 6750, 3.1).
  if (response.headers.get('www-authenticate')?.includes('error="insufficient_scope"') === true) {
    return new Failure(`the sign-in at ${origin} is not for this: borescope login --admin --url ${origin}`);
  }
  const text = await response.text();
  try {
    const { code, message, hint } = errorBody.parse(JSON.parse(text)).error;
    return new ApiFailure(code, message, hint);
  } catch {
    return new Failure(`the answer is ${response.status}, and not that of a broker: is the address right?`);
  }
}

/** What only the connection knows, for a person. */
function reachable(error: unknown, origin: string): unknown {
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return new Failure(
      `the broker at ${origin} answers what this command does not understand: are both of one version?`,
    );
  }
  if (!(error instanceof TypeError)) return error;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new Failure(`no broker answers at ${origin}${code}: is it running, and is the address right?`);
}
