import { brokerFetch } from '../broker-fetch.ts';
import { Failure, UsageError } from '../failure.ts';
import type { SavedSignIn } from './sign-ins.ts';

/** The command is known to every broker by this name. */
const CLIENT = 'borescope-cli';
/** Milliseconds for one answer. */
const WITHIN = 15_000;

/** The endpoints of a broker at which people sign in. */
export interface AuthorizationServer {
  readonly token: string;
  readonly revocation: string;
  readonly device: string;
  readonly resource: string;
}

/** What the broker says that is no success: `error` is a code of RFC 6749 or RFC 8628. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly error: string;

  constructor(error: string, description: string | undefined) {
    super(description ?? error);
    this.error = error;
  }
}

/** Rejects with `Failure` where no broker answers there, or people cannot sign in at it. */
export async function findAuthorizationServer(origin: string): Promise<AuthorizationServer> {
  const resource = await get(origin, '/.well-known/oauth-protected-resource/mcp');
  const server = await get(origin, '/.well-known/oauth-authorization-server');
  const endpoint = (name: string) => {
    const url = text(server, name);
    // The broker is its own authorization server: a refresh token goes nowhere else.
    if (url === undefined || !URL.canParse(url) || new URL(url).origin !== origin) {
      throw new Failure(
        `the broker at ${origin} says that people sign in at ${text(server, 'issuer') ?? 'nowhere'}: use that address as BORESCOPE_URL or with --url`,
      );
    }
    return url;
  };
  return {
    token: endpoint('token_endpoint'),
    revocation: endpoint('revocation_endpoint'),
    device: endpoint('device_authorization_endpoint'),
    resource: text(resource, 'resource') ?? `${origin}/mcp`,
  };
}

/** A code that a person types in a browser. Times in seconds. */
export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly page: string;
  readonly pageWithCode: string;
  readonly expiresIn: number;
  readonly interval: number;
}

export async function requestDeviceCode(server: AuthorizationServer, scope: string): Promise<DeviceCode> {
  const answer = await post(server.device, { scope, resource: server.resource });
  const [deviceCode, userCode, page] = [
    text(answer, 'device_code'),
    text(answer, 'user_code'),
    text(answer, 'verification_uri'),
  ];
  if (deviceCode === undefined || userCode === undefined || page === undefined) throw unreadable(server.device);
  return {
    deviceCode,
    userCode,
    page,
    pageWithCode: text(answer, 'verification_uri_complete') ?? page,
    expiresIn: seconds(answer, 'expires_in') ?? 600,
    // RFC 8628, 3.2: five where the server does not say.
    interval: seconds(answer, 'interval') ?? 5,
  };
}

/** `scopes`: what the person has let in, which may be less than what was asked for. */
export interface FreshSignIn extends SavedSignIn {
  readonly scopes: readonly string[];
}

/** Rejects with `TokenRefused`, also while the person has not answered. */
export async function redeemDeviceCode(server: AuthorizationServer, code: string): Promise<FreshSignIn> {
  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  const answer = await post(server.token, { grant_type: grant, device_code: code });
  return { ...signIn(server, answer), scopes: text(answer, 'scope')?.split(' ') ?? [] };
}

export async function refresh(server: AuthorizationServer, refreshToken: string): Promise<SavedSignIn> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, resource: server.resource };
  return signIn(server, await post(server.token, fields));
}

export async function revoke(server: AuthorizationServer, token: string): Promise<void> {
  await post(server.revocation, { token });
}

function signIn(server: AuthorizationServer, answer: unknown): SavedSignIn {
  const [accessToken, refreshToken] = [text(answer, 'access_token'), text(answer, 'refresh_token')];
  if (accessToken === undefined) throw unreadable(server.token);
  const expiresAt = Date.now() + (seconds(answer, 'expires_in') ?? 0) * 1000;
  return { accessToken, expiresAt, ...(refreshToken !== undefined && { refreshToken }) };
}

async function get(origin: string, path: string): Promise<unknown> {
  const response = await ask(origin + path, {});
  const body = await json(response);
  if (response.ok) return body;
  const error = member(body, 'error');
  const [message, hint] = [text(error, 'message'), text(error, 'hint')];
  throw new Failure(
    message === undefined
      ? `the broker at ${origin} has no sign-in for people (${response.status}): it may be older than this command`
      : `${message}. ${hint ?? ''}`.trim(),
  );
}

async function post(url: string, fields: Record<string, string>): Promise<unknown> {
  const body = new URLSearchParams({ ...fields, client_id: CLIENT }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await ask(url, { method: 'POST', headers, body });
  const answer = await json(response);
  if (response.ok) return answer;
  const error = text(answer, 'error');
  if (error === undefined) throw unreadable(url);
  throw new TokenRefused(error, text(answer, 'error_description'));
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const { origin } = new URL(url);
  try {
    const request = brokerFetch(new URL(url), process.env);
    return await request(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(WITHIN) });
  } catch (error) {
    if (error instanceof Failure || error instanceof UsageError) throw error;
    throw new Failure(`no broker answers at ${origin}: is it running, and is BORESCOPE_URL right?`);
  }
}

async function json(response: Response): Promise<unknown> {
  const body = await response.text();
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return {};
  }
}

function unreadable(url: string): Failure {
  return new Failure(
    `${new URL(url).origin} answers in a form that this command does not know: is it a Borescope broker?`,
  );
}

function text(from: unknown, name: string): string | undefined {
  const found = member(from, name);
  return typeof found === 'string' ? found : undefined;
}

function seconds(from: unknown, name: string): number | undefined {
  const found = member(from, name);
  return typeof found === 'number' && found > 0 ? found : undefined;
}

function member(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Object.getOwnPropertyDescriptor(from, name)?.value : undefined;
}
