import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Administration } from '../access/administration.ts';
import { type Authentication, standingOf } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import { parseScopes } from '../access/scopes.ts';
import type { SignIn } from '../access/sign-in.ts';
import type { User, Users } from '../access/users.ts';
import type { Audit } from '../audit/audit.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { Store } from '../store/store.ts';
import { isSignedOut, userOfAccount } from './account.ts';
import { type AccountStep, createAccounts } from './accounts.ts';
import { createOAuthState } from './adapter.ts';
import { createDocumentFetch } from './client-documents.ts';
import { resourceOf } from './endpoints.ts';
import { createInteractions, type InteractionStep, type PageAnswer, type PageRequest } from './interactions.ts';
import { createProofs } from './proofs.ts';
import { createProvider } from './provider.ts';
import { createRenewals } from './renewals.ts';
import { createSealing } from './sealing.ts';
import type { Throttle } from './throttle.ts';
import { createUpstream, type UpstreamSettings } from './upstream.ts';

/** Addresses under which one broker is reached at the same time: names of the loopback, and ports of tunnels to it. */
const MOST_BASES = 16;

export interface OAuthOptions {
  readonly store: Pick<Store, 'organizations'>;
  readonly documents: DocumentStore;
  readonly users: Users;
  /** Told of what the company's provider changes. */
  readonly administration: Pick<Administration, 'createUser' | 'changeUser'>;
  readonly signIn: SignIn;
  readonly audit: Pick<Audit, 'record'>;
  /** 32 bytes for each purpose, the same on all brokers. */
  readonly derive: (purpose: string) => Buffer;
  /** Milliseconds from a consent until the person is asked again. */
  readonly signInLifetime: number;
  /** Whether client-id metadata documents are fetched: the broker needs to reach the internet for it. */
  readonly clientDocuments: boolean;
  readonly fetchDocument?: (input: string | URL | Request) => Promise<Response>;
  /** The company's provider, where people sign in; absent: passwords that the broker keeps. */
  readonly upstream?: UpstreamSettings;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** What a request was told of: how it reached the broker, and from where. */
export type Arrival = Pick<PageRequest, 'base' | 'request' | 'response' | 'query' | 'form' | 'address'>;

/** The authorization server. `base` is the address under which a client reached the broker, without a slash at the end. */
export interface OAuth {
  readonly clientDocuments: boolean;
  readonly throttle: Throttle;
  /** Who stands behind an access token; looked up anew each time, with the person and what they have let in. */
  authenticate(base: string, token: string): Promise<Authentication>;
  /** An endpoint of the protocol: the answer is written to the response. `form`: where tokens are asked for. */
  serve(base: string, request: IncomingMessage, response: ServerResponse, form?: URLSearchParams): Promise<void>;
  interaction(step: InteractionStep, arrival: Arrival): Promise<PageAnswer>;
  account(step: AccountStep, arrival: Arrival): Promise<PageAnswer>;
  /** Where a person goes on who comes back from the company's provider. */
  backFromUpstream(query: URLSearchParams): Promise<string | undefined>;
}

export function createOAuth(options: OAuthOptions, throttle: Throttle): OAuth {
  const { store, documents, users, administration, signIn, audit, derive, clock, log, clientDocuments } = options;
  const sealing = createSealing(derive('oauth state'));
  const state = createOAuthState({ documents, sealing, clock });
  const upstream =
    options.upstream &&
    createUpstream({ settings: options.upstream, store, documents, users, administration, sealing, clock, log });
  const proofs = createProofs(derive('oauth forms'));
  const pages = { store, state, users, signIn, audit, proofs, ...(upstream !== undefined && { upstream }), clock, log };
  const interactions = createInteractions(pages);
  const accounts = createAccounts(pages);
  const fetchDocument = options.fetchDocument ?? createDocumentFetch();
  const renewals = createRenewals({ documents, sealing, clock });
  const forms = new WeakMap<IncomingMessage, URLSearchParams>();
  const providers = new Map<string, Provider>();

  function providerOf(base: string): Provider {
    const known = providers.get(base);
    if (known !== undefined) return known;
    const made = createProvider({
      base,
      state,
      users,
      derive,
      grantLifetime: Math.floor(options.signInLifetime / 1000),
      ...(clientDocuments && { fetchDocument }),
      renewals,
      formOf: (request) => forms.get(request),
      mayFetchDocument: async (address) => (await throttle.take('document', address)) === undefined,
      log,
    });
    const [oldest] = providers.keys();
    if (providers.size >= MOST_BASES && oldest !== undefined) providers.delete(oldest);
    providers.set(base, made);
    return made;
  }

  /** The person and the grant behind a token, while all three hold. */
  async function standing(base: string, token: string): Promise<{ caller: Caller; key: string } | undefined> {
    const provider = providerOf(base);
    const found = await provider.AccessToken.find(token);
    if (found?.grantId === undefined || found.aud !== resourceOf(base)) return undefined;
    const [grant, user, client] = await Promise.all([
      provider.Grant.find(found.grantId),
      userOfAccount(users, found.accountId),
      provider.Client.find(String(found.clientId)),
    ]);
    if (grant === undefined || user === undefined || isSignedOut(user, grant.iat)) return undefined;
    const caller = callerOf(user, found.grantId, client?.clientName ?? 'an application', found.scope);
    return { caller, key: `oauth ${found.jti}` };
  }

  return {
    clientDocuments,
    throttle,

    async authenticate(base, token) {
      const found = await standing(base, token);
      if (found === undefined) {
        const hint = 'Sign in again, or use a token: see borescope token create.';
        return { ok: false, status: 401, message: 'the access token is not known here, or has ended', hint };
      }
      const { caller, key } = found;
      const current = async () => (await standing(base, token))?.caller;
      return { ok: true, caller, standing: standingOf(key, caller, current) };
    },

    serve(base, request, response, form) {
      if (form !== undefined) forms.set(request, form);
      return providerOf(base).callback()(request, response);
    },

    interaction: (step, arrival) => interactions.answer(step, { ...arrival, provider: providerOf(arrival.base) }),

    account: (step, arrival) => accounts.answer(step, { ...arrival, provider: providerOf(arrival.base) }),

    async backFromUpstream(query) {
      const uid = await upstream?.interactionOf(query.get('state'));
      return uid === undefined ? undefined : `/oauth/interaction/${uid}/upstream?${query}`;
    },
  };
}

function callerOf(user: User, grantId: string, application: string, scope: string | undefined): Caller {
  const { organization, role, email, services, environments } = user;
  return {
    organization,
    tokenId: `grant_${grantId}`,
    tokenName: application,
    user: email,
    kind: 'mcp',
    role,
    scopes: parseScopes(scope),
    ...(services !== undefined && { services }),
    ...(environments !== undefined && { environments }),
  };
}
