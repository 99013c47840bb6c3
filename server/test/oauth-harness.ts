import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../src/access/caller.ts';
import { createPasswords } from '../src/access/passwords.ts';
import { createUsers, type User, type UserRequest, type Users } from '../src/access/users.ts';
import type { Store } from '../src/store/store.ts';

export const PASSWORD = 'correct horse battery';

export function usersOf(store: Store): Users {
  return createUsers({ documents: store.documents, clock: Date.now, random: randomBytes });
}

let passwordHash: Promise<string> | undefined;

/** Somebody who can sign in with `PASSWORD`. */
export async function person(store: Store, rest: Partial<UserRequest> = {}): Promise<User> {
  passwordHash ??= createPasswords().hash(PASSWORD);
  const role: Role = 'developer';
  const fields = { organization: 'default', email: 'ada@acme.example', name: 'Ada', role };
  const made = await usersOf(store).create({ ...fields, passwordHash: await passwordHash, ...rest });
  assert.ok(made !== undefined);
  return made;
}

/** A page as somebody without scripts has it. */
export interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

export type Route = (url: URL) => URL;

/** A person with a browser that runs no scripts: keeps cookies by their paths, follows redirects, fills in forms. */
export interface Visitor {
  open(url: string | URL): Promise<Seen>;
  /** Sends the form whose action ends like this, with its hidden fields. */
  submit(page: Seen, action: string, fields?: Record<string, string>): Promise<Seen>;
  /** Signs in, and answers what is asked after it; the address at which the application is told. */
  connect(url: string | URL, answer?: { email?: string; password?: string; allow?: boolean }): Promise<URL>;
  cookies(): { name: string; path: string; text: string }[];
}

/** `route`: where a request really goes, for what stands behind a balancer. */
export function visitor(route: Route = (url) => url): Visitor {
  const jar = new Map<string, { name: string; value: string; path: string; text: string }>();

  async function send(url: URL, init: RequestInit = {}): Promise<Seen> {
    const own = [...jar.values()].filter(
      ({ path }) => url.pathname === path || url.pathname.startsWith(`${path}/`) || path === '/',
    );
    const cookie = own.map(({ name, value }) => `${name}=${value}`).join('; ');
    const response = await fetch(route(url), { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const text of response.headers.getSetCookie()) {
      const [pair = ''] = text.split(';');
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = /path=([^;]+)/i.exec(text)?.[1] ?? '/';
      if (value === '') jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { name, value, path, text });
    }
    const location = response.headers.get('location');
    if (location === null) {
      return { url, status: response.status, headers: response.headers, html: await response.text() };
    }
    const next = new URL(location, url);
    // The application waits there, and not a page of ours.
    if (next.host !== url.host) {
      return { url: next, status: response.status, headers: response.headers, html: '' };
    }
    return send(next);
  }

  async function submit(page: Seen, action: string, fields: Record<string, string> = {}): Promise<Seen> {
    const forms = page.html.split('<form ').slice(1);
    const form = forms.find((text) => new RegExp(`^[^>]*action="[^"]*${action}"`).test(text))?.split('</form>')[0];
    assert.ok(form !== undefined, `no form ${action} in ${page.html}`);
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const all = { ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])), ...fields };
    const target = /action="([^"]+)"/.exec(form)?.[1] ?? '';
    return send(new URL(target, page.url), {
      method: 'POST',
      body: new URLSearchParams(all),
      headers: { origin: page.url.origin },
    });
  }

  return {
    open: (url) => send(new URL(url)),
    submit,
    async connect(url, { email = 'ada@acme.example', password = PASSWORD, allow = true } = {}) {
      let page = await send(new URL(url));
      if (page.html.includes('/sign-in"')) page = await submit(page, '/sign-in', { email, password });
      assert.match(page.html, /\/consent"/, page.html);
      return (await submit(page, '/consent', { answer: allow ? 'allow' : 'cancel' })).url;
    },
    cookies: () => [...jar.values()],
  };
}

/** A client that speaks the protocol by hand. */
export interface HandClient {
  readonly clientId: string;
  /** The URL to open, and what to redeem the code with. */
  authorization(rest?: Record<string, string>): { url: string; verifier: string };
  token(fields: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }>;
  /** From the answer at the redirect URI. */
  redeem(answer: URL, verifier: string, rest?: Record<string, string>): ReturnType<HandClient['token']>;
}

export const REDIRECT = 'http://localhost:33123/callback';

export async function register(
  url: string,
  metadata: object = {},
  route: Route = (at) => at,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(route(new URL(`${url}/oauth/register`)), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Hand',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export async function handClient(url: string, metadata: object = {}, route: Route = (at) => at): Promise<HandClient> {
  const { status, body } = await register(url, metadata, route);
  assert.equal(status, 201, JSON.stringify(body));
  const clientId = String(body['client_id']);

  async function token(fields: Record<string, string>) {
    const response = await fetch(route(new URL(`${url}/oauth/token`)), {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, ...fields }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  return {
    clientId,
    authorization(rest = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const parameters = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: REDIRECT,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        state: 'state-1',
        resource: `${url}/mcp`,
        ...rest,
      });
      return { url: `${url}/oauth/authorize?${parameters}`, verifier };
    },
    token,
    redeem(answer, verifier, rest = {}) {
      const code = answer.searchParams.get('code');
      assert.ok(code !== null, answer.href);
      return token({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: REDIRECT,
        ...rest,
      });
    },
  };
}

/** Signed in to the end: the answer of the token endpoint. */
export async function signedIn(
  url: string,
  rest: { scope?: string; email?: string; client?: HandClient; browser?: Visitor } = {},
): Promise<{ client: HandClient; access: string; refresh: string; scope: string }> {
  const client = rest.client ?? (await handClient(url));
  const browser = rest.browser ?? visitor();
  const { url: authorize, verifier } = client.authorization(rest.scope === undefined ? {} : { scope: rest.scope });
  const answer = await browser.connect(authorize, rest.email === undefined ? {} : { email: rest.email });
  const { status, body } = await client.redeem(answer, verifier);
  assert.equal(status, 200, JSON.stringify(body));
  return {
    client,
    access: String(body['access_token']),
    refresh: String(body['refresh_token']),
    scope: String(body['scope']),
  };
}
