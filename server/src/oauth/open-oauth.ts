import type { Administration } from '../access/administration.ts';
import { createPasswords } from '../access/passwords.ts';
import type { Secrets } from '../access/secrets.ts';
import { createSignIn } from '../access/sign-in.ts';
import type { Users } from '../access/users.ts';
import type { Audit } from '../audit/audit.ts';
import type { Log } from '../log.ts';
import type { BrokerSettings } from '../settings.ts';
import type { Store } from '../store/store.ts';
import type { OAuth, OAuthOptions } from './oauth.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import type { UpstreamSettings } from './upstream.ts';

export interface OpenOAuthOptions {
  readonly settings: BrokerSettings;
  readonly store: Store;
  readonly users: Users;
  readonly administration: Pick<Administration, 'createUser' | 'changeUser'>;
  readonly secrets: Secrets;
  readonly audit: Pick<Audit, 'record'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/**
 * The authorization server, loaded by the first request that is for it: it takes 30 MB, and a broker that only knows tokens
 * never needs it.
 */
export function openOAuth(given: OpenOAuthOptions): OAuth {
  const { settings, store, users, administration, secrets, audit, clock, log } = given;
  const { documents, quotas } = store;
  const { oauthClientDocuments: clientDocuments, signInLifetime } = settings;
  const signIn = createSignIn({ users, passwords: createPasswords(), quotas, clock });
  const upstream = upstreamOf(settings);
  const throttle = createThrottle(quotas, clock);
  const options: OAuthOptions = {
    ...{ store, documents, users, administration, signIn, audit, derive: secrets.derive },
    ...{ signInLifetime, clientDocuments, clock, log },
    ...(upstream !== undefined && { upstream }),
  };
  let loading: Promise<OAuth> | undefined;
  const loaded = () => {
    loading ??= load(options, throttle);
    return loading;
  };
  return {
    clientDocuments,
    throttle,
    authenticate: async (...all) => (await loaded()).authenticate(...all),
    serve: async (...all) => (await loaded()).serve(...all),
    interaction: async (...all) => (await loaded()).interaction(...all),
    account: async (...all) => (await loaded()).account(...all),
    backFromUpstream: async (...all) => (await loaded()).backFromUpstream(...all),
  };
}

async function load(options: OAuthOptions, throttle: Throttle): Promise<OAuth> {
  const { createOAuth } = await quietly(options.log, () => import('./oauth.ts'));
  return createOAuth(options, throttle);
}

/** The library says on the console that it does not support Node.js 20, on which our tests run it: that is for the log. */
async function quietly<Result>(log: Log, work: () => Promise<Result>): Promise<Result> {
  const { warn } = console;
  console.warn = (...words: unknown[]) => log.debug({ text: words.map(String).join(' ') }, 'oidc-provider');
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}

function upstreamOf(settings: BrokerSettings): UpstreamSettings | undefined {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcRoles } = settings;
  // They go together.
  if (oidcIssuer === undefined || oidcClientId === undefined || oidcClientSecret === undefined) return undefined;
  return {
    issuer: oidcIssuer,
    clientId: oidcClientId,
    clientSecret: oidcClientSecret,
    scopes: settings.oidcScopes,
    emailClaim: settings.oidcEmailClaim,
    roleClaim: settings.oidcRoleClaim,
    roles: oidcRoles ?? new Map(),
    organization: settings.oidcOrganization,
    organizationClaim: settings.oidcOrganizationClaim,
  };
}
