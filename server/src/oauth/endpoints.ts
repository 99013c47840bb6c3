import { SCOPES, USUAL_SCOPES } from '../access/scopes.ts';

/** Where the provider answers, below the address of the broker. */
export const PATHS = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  device_authorization: '/oauth/device/code',
  code_verification: '/oauth/device',
  jwks: '/oauth/jwks',
} as const;

/** The one resource that tokens are good for: it is also their audience. */
export function resourceOf(base: string): string {
  return `${base}/mcp`;
}

/** An authorization request that names none of our scopes asks for what an assistant is of use with. */
export function withScope(parameters: URLSearchParams): URLSearchParams {
  const wanted = new URLSearchParams(parameters);
  const words = wanted.get('scope')?.split(' ') ?? [];
  if (!SCOPES.some((scope) => words.includes(scope))) wanted.set('scope', USUAL_SCOPES.join(' '));
  return wanted;
}
