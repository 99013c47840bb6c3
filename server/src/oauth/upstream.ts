import { isLoopback } from '@borescope/agent-protocol';
import * as openid from 'openid-client';
import { z } from 'zod';
import type { Administration } from '../access/administration.ts';
import type { User, Users } from '../access/users.ts';
import type { AuditActor } from '../audit/audit-record.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { Store } from '../store/store.ts';
import { digest } from './digest.ts';
import type { Sealing } from './sealing.ts';
import { type ClaimSettings, type Claims, claimAt, personOf } from './upstream-person.ts';

/** The company's identity provider (OpenID Connect), as the broker is registered with it. */
export interface UpstreamSettings extends ClaimSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Separated by spaces. */
  readonly scopes: string;
}

export interface UpstreamOptions {
  readonly settings: UpstreamSettings;
  readonly store: Pick<Store, 'organizations'>;
  readonly documents: DocumentStore;
  readonly users: Users;
  /** Accounts that are made, and roles that are changed, are in the audit first. */
  readonly administration: Pick<Administration, 'createUser' | 'changeUser'>;
  readonly sealing: Sealing;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** Signs people in at the company's provider. Its tokens are looked at here, and go nowhere. */
export interface Upstream {
  /** Where to send the person; undefined where the provider does not answer. */
  begin(base: string, interaction: string): Promise<string | undefined>;
  /**
   * The person who comes back, or why they may not come in, in words for them. Undefined where it is not the answer to a
   * question of this interaction, or was used already. `address`: of the client.
   */
  complete(
    base: string,
    interaction: string,
    answer: URLSearchParams,
    address: string,
  ): Promise<{ readonly user: User } | { readonly reason: string } | undefined>;
  /** The interaction that somebody comes back to with this state. */
  interactionOf(state: string | null): Promise<string | undefined>;
}

const PLACE = { organization: '@oauth', kind: 'Upstream' } as const;
/** Milliseconds that somebody may take at the provider. */
const WITHIN = 900_000;
/** Seconds that the provider may take for an answer. */
const TIMEOUT = 10;
/** Milliseconds after which its description is read anew. */
const DESCRIPTION_HOLDS = 3_600_000;

const question = z.object({ interaction: z.string(), nonce: z.string(), verifier: z.string() });

export function createUpstream(options: UpstreamOptions): Upstream {
  const { settings, store, documents, users, administration, sealing, clock, log } = options;
  let described: { at: number; configuration: Promise<openid.Configuration> } | undefined;

  function configuration(): Promise<openid.Configuration> {
    const now = clock();
    if (described === undefined || now - described.at > DESCRIPTION_HOLDS) {
      described = { at: now, configuration: describe(settings) };
      described.configuration.catch(() => {
        described = undefined;
      });
    }
    return described.configuration;
  }

  async function read(state: string | null) {
    if (state === null) return undefined;
    const id = digest(state);
    const found = await documents.get(PLACE.organization, PLACE.kind, id);
    const sealed = z.object({ sealed: z.string() }).safeParse(found?.value);
    return sealed.success ? question.parse(sealing.open(`${PLACE.kind}:${id}`, sealed.data.sealed)) : undefined;
  }

  async function claimsOf(base: string, asked: z.infer<typeof question>, answer: URLSearchParams): Promise<Claims> {
    const known = await configuration();
    const tokens = await openid.authorizationCodeGrant(known, new URL(`${redirectUri(base)}?${answer}`), {
      pkceCodeVerifier: asked.verifier,
      expectedNonce: asked.nonce,
      expectedState: answer.get('state') ?? '',
      idTokenExpected: true,
    });
    const claims: Claims = { ...tokens.claims() };
    const { emailClaim, roleClaim, organizationClaim } = settings;
    const wanted = [emailClaim, roleClaim];
    if (emailClaim === 'email') wanted.push('email_verified');
    if (organizationClaim !== undefined) wanted.push(organizationClaim);
    if (wanted.every((name) => claimAt(claims, name) !== undefined)) return claims;
    if (known.serverMetadata().userinfo_endpoint === undefined) return claims;
    const more = await openid.fetchUserInfo(known, tokens.access_token, String(claims['sub']));
    return { ...more, ...claims };
  }

  /** Makes the account at the first sign-in; at each one it has the role that the provider tells. */
  async function admit(claims: Claims, address: string): Promise<{ user: User } | { reason: string }> {
    const person = personOf(claims, settings);
    if ('reason' in person) return person;
    const organization = await store.organizations.byName(person.organization);
    if (organization === undefined) return { reason: `There is no organization ${person.organization} here.` };
    const { email, name, role } = person;
    const upstream = { issuer: settings.issuer, subject: String(claims['sub']) };
    const by: AuditActor = { kind: 'person', id: email, name, address };
    const known =
      (await users.byEmail(email)) ??
      (await administration.createUser(by, { organization: organization.id, email, name, role, upstream }, false))
        ?.user ??
      (await users.byEmail(email));
    if (known === undefined || known.disabled === true) return { reason: `The account ${email} is disabled.` };
    if (known.organization !== organization.id) return { reason: `${email} belongs to another organization here.` };
    const same = known.upstream === undefined || sameAccount(known.upstream, upstream);
    // The address was given to somebody else: they do not get what the one before had.
    if (!same) return { reason: `${email} is here the account of somebody else, who had this address before.` };
    const asTold = known.upstream !== undefined && known.role === role && known.name === name;
    const changed = asTold ? known : await administration.changeUser(by, known, { name, role, upstream });
    const user = changed && (await users.change(known.organization, known.id, { lastSignInAt: clock() }));
    return user === undefined ? { reason: `The account ${email} was removed.` } : { user };
  }

  return {
    async begin(base, interaction) {
      try {
        const known = await configuration();
        const state = openid.randomState();
        const asked = { interaction, nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
        const id = digest(state);
        const value = { sealed: sealing.seal(`${PLACE.kind}:${id}`, asked) };
        await documents.put(PLACE.organization, PLACE.kind, { id, value, expiresAt: clock() + WITHIN }, 0);
        const url = openid.buildAuthorizationUrl(known, {
          redirect_uri: redirectUri(base),
          scope: settings.scopes,
          state,
          nonce: asked.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(asked.verifier),
          code_challenge_method: 'S256',
        });
        return url.href;
      } catch (err) {
        log.error({ err }, "the company's provider cannot be asked");
        return undefined;
      }
    },

    async complete(base, interaction, answer, address) {
      const state = answer.get('state');
      const asked = await read(state);
      if (asked === undefined || asked.interaction !== interaction || state === null) return undefined;
      // Once: whoever is second has no answer to give.
      if (!(await documents.remove(PLACE.organization, PLACE.kind, digest(state)))) return undefined;
      try {
        return await admit(await claimsOf(base, asked, answer), address);
      } catch (err) {
        log.warn({ err }, "an answer of the company's provider was refused");
        return { reason: "The sign-in at your company's provider did not succeed." };
      }
    },

    interactionOf: async (state) => (await read(state))?.interaction,
  };
}

/** Where the provider sends people back to; it has to be registered there. */
function redirectUri(base: string): string {
  return `${base}/oauth/upstream`;
}

async function describe({ issuer, clientId, clientSecret }: UpstreamSettings): Promise<openid.Configuration> {
  const url = new URL(issuer);
  const options = {
    timeout: TIMEOUT,
    // Without TLS on this machine only, as in development.
    ...(isLoopback(url.hostname) && { execute: [openid.allowInsecureRequests] }),
  };
  const found = await openid.discovery(url, clientId, clientSecret, undefined, options);
  const methods = found.serverMetadata().token_endpoint_auth_methods_supported;
  // Where it does not say, it is the other one (OpenID Connect Discovery, 3).
  if (methods?.includes('client_secret_post') === true) return found;
  return openid.discovery(url, clientId, undefined, openid.ClientSecretBasic(clientSecret), options);
}

function sameAccount(a: NonNullable<User['upstream']>, b: NonNullable<User['upstream']>): boolean {
  return a.issuer === b.issuer && a.subject === b.subject;
}
