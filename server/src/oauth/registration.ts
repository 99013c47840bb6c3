import { z } from 'zod';
import { seenText } from '../access/seen-text.ts';

/** What an application says of itself may be long; nobody reads more than this. */
const MOST_REDIRECTS = 20;
const LONGEST_URI = 2_000;
const LONGEST_NAME = 100;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const GRANTS = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
const METHODS = ['none', 'client_secret_post', 'client_secret_basic'];

const claimed = z.object({
  redirect_uris: z.array(z.string().max(LONGEST_URI)).max(MOST_REDIRECTS).optional(),
  client_name: z.string().optional(),
  grant_types: z.array(z.string()).optional(),
  token_endpoint_auth_method: z.string().optional(),
  software_id: z.string().max(LONGEST_NAME).optional(),
  software_version: z.string().max(LONGEST_NAME).optional(),
});

/** What is wrong with a registration: a code of RFC 7591 (3.2.2) and a sentence. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
  readonly code: 'invalid_client_metadata' | 'invalid_redirect_uri';

  constructor(code: RegistrationRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The part of what an application says of itself (RFC 7591) that we go by. All else is left out, as the RFC allows: links and
 * logos that nobody has checked are shown to nobody, and a `scope` would stand in the way of asking for more later.
 * @throws RegistrationRefused
 */
export function clientMetadata(given: unknown): Record<string, unknown> {
  const parsed = claimed.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'the registration';
    throw new RegistrationRefused('invalid_client_metadata', `${where}: ${issue?.message ?? 'is not well formed'}`);
  }
  const { redirect_uris = [], client_name, software_id, software_version, ...claims } = parsed.data;
  if (redirect_uris.length === 0) {
    throw new RegistrationRefused('invalid_redirect_uri', 'redirect_uris: name at least one');
  }
  const uris = redirect_uris.map(checkedRedirect);
  const name = client_name === undefined ? undefined : seenText(client_name);
  return {
    redirect_uris,
    // Ports of loopback addresses may vary for native applications only (RFC 8252, 7.3).
    application_type: uris.every(({ protocol }) => protocol === 'https:') ? 'web' : 'native',
    token_endpoint_auth_method: method(claims.token_endpoint_auth_method),
    grant_types: grants(claims.grant_types),
    response_types: ['code'],
    ...(name !== undefined && name !== '' && { client_name: name.slice(0, LONGEST_NAME) }),
    ...(software_id !== undefined && { software_id }),
    ...(software_version !== undefined && { software_version }),
  };
}

/** Over TLS, to a loopback address, or to a scheme of an application's own (RFC 8252, 7). */
function checkedRedirect(text: string): URL {
  const refuse = (why: string) => new RegistrationRefused('invalid_redirect_uri', `redirect_uris: ${why}`);
  if (!URL.canParse(text)) throw refuse('each must be an absolute URI');
  const url = new URL(text);
  if (text.includes('#')) throw refuse('none may have a fragment');
  if (url.username !== '' || url.password !== '') throw refuse('none may have user info');
  const loopback = LOOPBACK.has(url.hostname);
  if (url.protocol === 'http:' && !loopback) throw refuse('http:// is for loopback addresses only: use https://');
  if (url.protocol === 'https:' && loopback) throw refuse('a loopback address has no https://: use http://');
  if (/^(javascript|data|vbscript|file|blob|about|ws|wss|ftp):$/.test(url.protocol)) {
    throw refuse(`${url.protocol} is no scheme to come back to`);
  }
  return url;
}

function method(claim: string | undefined): string {
  // As RFC 7591 has it for who does not say.
  if (claim === undefined) return 'client_secret_basic';
  if (METHODS.includes(claim)) return claim;
  throw new RegistrationRefused(
    'invalid_client_metadata',
    `token_endpoint_auth_method: must be one of ${METHODS.join(', ')}`,
  );
}

/** The server may grant less than is asked for; without the first there is nothing to ask for. */
function grants(claim: string[] | undefined): string[] {
  if (claim === undefined) return ['authorization_code'];
  const known = GRANTS.filter((grant) => claim.includes(grant));
  if (known.includes('authorization_code')) return known;
  throw new RegistrationRefused('invalid_client_metadata', 'grant_types: authorization_code must be among them');
}
