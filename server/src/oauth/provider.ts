import { createPrivateKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { SCOPES } from '../access/scopes.ts';
import type { Users } from '../access/users.ts';
import type { Log } from '../log.ts';
import { isSignedOut, userOfAccount } from './account.ts';
import type { OAuthState } from './adapter.ts';
import { deviceConfirmPage, deviceDonePage, deviceInputPage } from './device-pages.ts';
import { PATHS, resourceOf } from './endpoints.ts';
import { failurePage } from './failure-page.ts';
import { type Page, pageHeaders } from './page.ts';
import { type Renewals, renewed } from './renewals.ts';

/** Seconds. */
const LIFETIMES = {
  accessToken: 3600,
  code: 60,
  deviceCode: 600,
  interaction: 900,
  /** Of the browser: how long another application can be connected without the password. */
  session: 12 * 3600,
} as const;

/** The command, which has no browser of its own. */
const CLI_CLIENT = 'borescope-cli';
/** Our own pages: it asks who somebody is, and gets nothing. */
export const ACCOUNT_CLIENT = 'borescope-account';

export interface ProviderOptions {
  /** Under which clients reach the broker; without a slash at the end. */
  readonly base: string;
  readonly state: OAuthState;
  readonly users: Users;
  /** 32 bytes for each purpose, the same on all brokers. */
  readonly derive: (purpose: string) => Buffer;
  /** Seconds from a consent until the person is asked again. */
  readonly grantLifetime: number;
  /** Client-id metadata documents are fetched by this; absent: there are none. */
  readonly fetchDocument?: (input: string | URL | Request) => Promise<Response>;
  /** Whether one more document may be fetched for the client at this address. */
  readonly mayFetchDocument: (address: string) => Promise<boolean>;
  readonly renewals: Renewals;
  /** The form of a request for tokens. */
  readonly formOf: (request: IncomingMessage) => URLSearchParams | undefined;
  readonly log: Log;
}

/** The authorization server of one address: OAuth 2.1 as MCP asks for it, and nothing of OpenID Connect. */
export function createProvider(options: ProviderOptions): Provider {
  const { base, state, log } = options;
  const provider = new Provider(base, configuration(options));
  // Behind a proxy, too, it sees the address that we have told it, and not what a client says.
  provider.proxy = true;
  provider.use(async (context, next) => {
    try {
      await next();
    } catch (err) {
      // It cannot save a session that there is not: a form came without the page, or long after it.
      const { session } = context.oidc ?? {};
      const expired = session !== undefined && typeof session.exp !== 'number';
      if (!expired) log.error({ err }, 'a request of OAuth failed');
      show(context, failurePage(expired ? 'session_not_found' : 'server_error', undefined));
    }
    // Pages of other sites may not call the broker, and need not be told that they may read the answer.
    context.remove('access-control-allow-origin');
    context.remove('access-control-expose-headers');
  });
  provider.use(async (context, next) => {
    const form = options.formOf(context.req);
    const token = form?.get('refresh_token') ?? null;
    // An unknown one leaves nothing in the store.
    const isKnown = token !== null && (await provider.RefreshToken.find(token)) !== undefined;
    if (!isKnown || form?.get('grant_type') !== 'refresh_token') return next();
    const rest = JSON.stringify([context.headers.authorization, [...form].toSorted()]);
    const answer = await options.renewals.once({ token, rest }, async () => {
      await next();
      return context.status === 200 ? renewed.parse(context.body) : undefined;
    });
    if (answer === undefined) return;
    context.status = 200;
    context.body = answer;
    context.set('cache-control', 'no-store');
  });
  provider.on('server_error', (_context, err) => log.error({ err }, 'a request of OAuth failed'));
  provider.on('grant.revoked', (_context, grantId) => {
    state.endGrant(grantId).catch((err: unknown) => log.error({ err }, 'a revoked grant could not be cleared away'));
  });
  return provider;
}

function configuration(options: ProviderOptions): Configuration {
  const { base, state, users, derive, grantLifetime, fetchDocument, mayFetchDocument } = options;
  const secure = base.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  const named = (name: string) => `${secure ? '__Secure-' : ''}borescope-${name}`;
  return {
    adapter: state.adapter,
    jwks: { keys: [signingKey(derive('oauth signing key'))] },
    clients: [
      {
        client_id: CLI_CLIENT,
        client_name: 'Borescope command line',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'none',
      },
      {
        client_id: ACCOUNT_CLIENT,
        client_name: 'Borescope account',
        grant_types: [],
        response_types: ['none'],
        redirect_uris: [`${base}/oauth/account`],
        token_endpoint_auth_method: 'none',
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    clientAuthMethods: ['none', 'client_secret_post', 'client_secret_basic'],
    clientBasedCORS: () => false,
    responseTypes: ['code', 'none'],
    scopes: [],
    routes: PATHS,
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    cookies: {
      // The prefix lets no other host of the same domain set it, nor anybody without TLS.
      names: {
        session: `${secure ? '__Host-' : ''}borescope-session`,
        interaction: named('sign-in'),
        resume: named('resume'),
      },
      long: cookie,
      short: { httpOnly: true, sameSite: 'lax', secure },
    },
    ttl: {
      AccessToken: LIFETIMES.accessToken,
      AuthorizationCode: LIFETIMES.code,
      DeviceCode: LIFETIMES.deviceCode,
      Interaction: LIFETIMES.interaction,
      Session: LIFETIMES.session,
      Grant: grantLifetime,
      RefreshToken: grantLifetime,
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    async findAccount({ oidc }, account, source) {
      const user = await userOfAccount(users, account);
      if (user === undefined) return undefined;
      // Else a client would go on to be given tokens that nothing takes, and never ask its person to sign in again.
      const grant = source?.grantId === undefined ? undefined : await oidc.provider.Grant.find(source.grantId);
      if (grant !== undefined && isSignedOut(user, grant.iat)) return undefined;
      return { accountId: account, claims: () => ({ sub: account }) };
    },
    interactions: { url: (_context, { uid }) => `/oauth/interaction/${uid}`, policy: policy(users) },
    async loadExistingGrant(context) {
      const { client, session, result, provider } = context.oidc;
      // Each consent is one grant, so that it can be ended without the others.
      if (result?.consent?.grantId !== undefined) return provider.Grant.find(result.consent.grantId);
      if (client?.clientId !== ACCOUNT_CLIENT || session?.accountId === undefined) return undefined;
      const own = new provider.Grant({ accountId: session.accountId, clientId: ACCOUNT_CLIENT });
      own.addResourceScope(resourceOf(base), 'runtime:read');
      return own;
    },
    async renderError(context, { error, error_description }) {
      show(context, failurePage(error, error_description));
    },
    ...(fetchDocument !== undefined && { fetch: fetchDocument }),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      revocation: { enabled: true },
      registration: { enabled: true, issueRegistrationAccessToken: false },
      clientIdMetadataDocument: {
        enabled: fetchDocument !== undefined,
        allowFetch: (context) => mayFetchDocument(context.ip),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceOf(base),
        useGrantedResource: () => true,
        getResourceServerInfo(_context, resource) {
          if (resource !== resourceOf(base)) throw new errors.InvalidTarget(`the resource is ${resourceOf(base)}`);
          return { scope: SCOPES.join(' '), audience: resourceOf(base), accessTokenFormat: 'opaque' };
        },
      },
      deviceFlow: {
        enabled: true,
        userCodeInputSource(context, _form, _out, error) {
          show(context, deviceInputPage(base, stateSecret(context), typed(context), error));
        },
        userCodeConfirmSource(context, _form, client, _device, code) {
          show(context, deviceConfirmPage(base, stateSecret(context), client.clientName ?? client.clientId, code));
        },
        successSource(context) {
          show(context, deviceDonePage());
        },
      },
    },
  };
}

/** Nobody is given anything without being asked, whoever asks and however often; but for our own pages. */
function policy(users: Users): NonNullable<NonNullable<Configuration['interactions']>['policy']> {
  const { Check, base } = interactionPolicy;
  const prompts = base();
  prompts.get('login')?.checks.add(
    new Check('session_ended', 'the person was signed out', 'login_required', async ({ oidc }) => {
      const { accountId, loginTs } = oidc.session ?? {};
      // A session without an account is asked for one already.
      if (accountId === undefined || oidc.result?.login !== undefined) return Check.NO_NEED_TO_PROMPT;
      const user = await userOfAccount(users, accountId);
      return user === undefined || isSignedOut(user, loginTs) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  const consent = prompts.get('consent');
  consent?.checks.clear();
  consent?.checks.add(
    new Check('consent_missing', 'the person has not been asked', 'consent_required', ({ oidc }) => {
      const ours = oidc.client?.clientId === ACCOUNT_CLIENT;
      return ours || oidc.result?.consent !== undefined ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    }),
  );
  return prompts;
}

/** An Ed25519 key from its 32 bytes. Nothing that MCP clients get is signed; the provider wants one all the same. */
function signingKey(seed: Buffer): Record<string, string> {
  // The fixed beginning of PKCS #8 for Ed25519 (RFC 8410, 7).
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const {
    crv = '',
    d = '',
    kty = '',
    x = '',
  } = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  });
  return { kty, crv, d, x, use: 'sig', alg: 'EdDSA' };
}

interface Answering {
  set(headers: Record<string, string>): void;
  status: number;
  body: unknown;
}

function show(context: Answering, { status, body, ...rest }: Page): void {
  context.set(pageHeaders(rest));
  context.status = status;
  context.body = body;
}

/** Against forms of other sites: what the page shows must come back with it. */
function stateSecret(context: KoaContextWithOIDC): string {
  return String(context.oidc.session?.state?.['secret'] ?? '');
}

function typed(context: KoaContextWithOIDC): string {
  const { code } = context.query;
  return typeof code === 'string' ? code : '';
}
