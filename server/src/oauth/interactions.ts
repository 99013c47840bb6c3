import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import { scopesOf } from '../access/grants.ts';
import { PASSWORD_LENGTH } from '../access/passwords.ts';
import { parseScopes } from '../access/scopes.ts';
import type { SignIn } from '../access/sign-in.ts';
import type { User, Users } from '../access/users.ts';
import type { Audit } from '../audit/audit.ts';
import type { AuditActor } from '../audit/audit-record.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { accountOf, userOfAccount } from './account.ts';
import type { OAuthState } from './adapter.ts';
import { resourceOf } from './endpoints.ts';
import { failurePage } from './failure-page.ts';
import { message, type Page } from './page.ts';
import type { Proofs } from './proofs.ts';
import { ACCOUNT_CLIENT } from './provider.ts';
import { redirectHost } from './redirect-host.ts';
import { choosePasswordPage, consentPage, type SignInView, signInPage } from './sign-in-pages.ts';
import type { Upstream } from './upstream.ts';

/** One request for a page, and what it came with. */
export interface PageRequest {
  /** Under which the client reached the broker. */
  readonly base: string;
  readonly provider: Provider;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Of a form that was sent; empty where none was. */
  readonly form: URLSearchParams;
  /** Of the client. */
  readonly address: string;
}

/** A page, or where to go on: 303. */
export type PageAnswer = Page | { readonly redirect: string };

export interface InteractionsOptions {
  readonly store: Pick<Store, 'organizations'>;
  readonly state: OAuthState;
  readonly users: Users;
  readonly signIn: SignIn;
  /** Told before somebody is let in. */
  readonly audit: Pick<Audit, 'record'>;
  readonly proofs: Proofs;
  /** The company's provider; absent: passwords that the broker keeps. */
  readonly upstream?: Upstream;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

export type InteractionStep = 'show' | 'sign-in' | 'password' | 'consent' | 'other-account' | 'upstream';

/** What a person is asked in the course of a sign-in. Each step is one request; between them the state lies in the store. */
export interface Interactions {
  answer(step: InteractionStep, request: PageRequest): Promise<PageAnswer>;
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Milliseconds in which a password of one's own can be chosen after the other was shown. */
const CHOOSE_WITHIN = 600_000;

export function createInteractions(options: InteractionsOptions): Interactions {
  const { store, state, users, signIn, audit, proofs, upstream, clock, log } = options;

  async function view(interaction: Interaction, { provider }: PageRequest): Promise<SignInView> {
    const { client_id: clientId, redirect_uri: redirect } = interaction.params;
    const client = await provider.Client.find(String(clientId));
    return {
      action: `/oauth/interaction/${interaction.uid}`,
      proof: proofs.of(interaction.uid),
      client: client?.clientName ?? 'An application without a name',
      ...(typeof redirect === 'string' && clientId !== ACCOUNT_CLIENT && { host: redirectHost(redirect) }),
    };
  }

  async function finish(at: PageRequest, result: InteractionResults): Promise<PageAnswer> {
    return { redirect: await at.provider.interactionResult(at.request, at.response, result) };
  }

  async function signedIn(at: PageRequest, interaction: Interaction, user: User, how: string): Promise<PageAnswer> {
    const accountId = accountOf(user);
    const { client } = await view(interaction, at);
    const what = { user: user.id, by: how === 'pwd' ? 'password' : 'provider', application: client };
    await audit.record(user.organization, { act: 'user.sign-in', by: actor(user, at), what });
    const session = await at.provider.Session.get(at.provider.createContext(at.request, at.response));
    if (session.accountId !== undefined && session.accountId !== accountId) {
      // Somebody else was signed in with this browser: theirs ends here, and does not become this person's.
      await session.destroy();
      delete interaction.session;
      await interaction.save(interaction.exp - Math.floor(clock() / 1000));
    }
    log.info({ user: user.id, organization: user.organization, address: at.address, how }, 'a person signed in');
    return finish(at, { login: { accountId, amr: [how] } });
  }

  async function show(at: PageRequest, interaction: Interaction): Promise<PageAnswer> {
    if (interaction.prompt.name === 'login') {
      if (upstream !== undefined) return toUpstream(at, interaction, upstream);
      const hint = interaction.params['login_hint'];
      return signInPage(await view(interaction, at), typeof hint === 'string' ? hint.slice(0, 254) : '');
    }
    const asked = await askedFor(interaction);
    if (asked === undefined) return finish(at, denied('the account may not sign in any more'));
    return consentPage(await view(interaction, at), asked);
  }

  async function toUpstream(at: PageRequest, { uid }: Interaction, provider: Upstream): Promise<PageAnswer> {
    const redirect = await provider.begin(at.base, uid);
    if (redirect !== undefined) return { redirect };
    return message(
      'You cannot sign in now',
      "Your company's provider does not answer.",
      502,
      'Try again in a few minutes.',
    );
  }

  async function askedFor(interaction: Interaction) {
    const user = await userOfAccount(users, interaction.session?.accountId);
    if (user === undefined) return undefined;
    const organizations = await store.organizations.list();
    const wanted = parseScopes(String(interaction.params['scope'] ?? ''));
    const may = scopesOf(user.role);
    return {
      user,
      organization: organizations.find(({ id }) => id === user.organization)?.name ?? user.organization,
      granted: wanted.filter((scope) => may.includes(scope)),
      withheld: wanted.filter((scope) => !may.includes(scope)),
    };
  }

  async function password(at: PageRequest, interaction: Interaction): Promise<PageAnswer> {
    // Where the company's provider decides who may come in, an old password does not.
    if (upstream !== undefined) return show(at, interaction);
    const shown = await view(interaction, at);
    const email = (at.form.get('email') ?? '').slice(0, 254);
    const given = (at.form.get('password') ?? '').slice(0, PASSWORD_LENGTH.max);
    const tried = await signIn.attempt({ email, password: given, address: at.address });
    switch (tried.outcome) {
      case 'signed in': {
        const { user } = tried;
        if (user.passwordIsTemporary !== true) return signedIn(at, interaction, user, 'pwd');
        return choosePasswordPage(shown, ticketFor(interaction, user));
      }
      case 'throttled': {
        const seconds = Math.max(1, Math.ceil((tried.retryAt - clock()) / 1000));
        log.warn({ address: at.address }, 'sign-ins are throttled');
        const text = `Too many attempts. Try again in ${seconds < 60 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`;
        return signInPage(shown, email, { text, status: 429, headers: { 'retry-after': String(seconds) } });
      }
      case 'busy': {
        const text = 'Too many people sign in at this moment. Try again in a few seconds.';
        return signInPage(shown, email, { text, status: 503, headers: { 'retry-after': '5' } });
      }
      case 'refused':
        // Not waited for: how long it takes would tell whether there is such an account.
        tellOfRefusal(email, at).catch((err: unknown) => log.error({ err }, 'a refused sign-in is not in the audit'));
        log.warn({ address: at.address }, 'a sign-in was refused');
        return signInPage(shown, email, {
          text: 'E-mail or password is wrong, or the account is disabled.',
          status: 401,
        });
    }
  }

  async function tellOfRefusal(email: string, { address }: PageRequest): Promise<void> {
    const user = await users.byEmail(email);
    if (user === undefined) return;
    const by = { kind: 'person', id: user.email, address } as const;
    await audit.record(user.organization, { act: 'user.sign-in-refuse', by, what: { user: user.id } });
  }

  /** Whoever has it has just shown the password that was made for this person. */
  function ticketFor({ uid }: Interaction, user: User): string {
    return `${accountOf(user)}.${proofs.until(`choose ${uid} ${accountOf(user)} ${user.passwordHash}`, clock() + CHOOSE_WITHIN)}`;
  }

  async function choose(at: PageRequest, interaction: Interaction): Promise<PageAnswer> {
    const ticket = at.form.get('ticket') ?? '';
    const account = ticket.slice(0, ticket.indexOf('.'));
    const user = await userOfAccount(users, account);
    const proof = ticket.slice(account.length + 1);
    const thing = `choose ${interaction.uid} ${account} ${user?.passwordHash}`;
    if (user === undefined || !proofs.holds(thing, proof, clock())) return show(at, interaction);
    const [chosen, again] = [at.form.get('new') ?? '', at.form.get('again') ?? ''];
    const problem = chosen === again ? await signIn.choose(user, chosen) : 'The two are not the same.';
    if (problem !== undefined) {
      return choosePasswordPage(await view(interaction, at), ticket, { text: problem, status: 400 });
    }
    return signedIn(at, interaction, user, 'pwd');
  }

  async function consent(at: PageRequest, interaction: Interaction): Promise<PageAnswer> {
    if (interaction.prompt.name !== 'consent') return show(at, interaction);
    const asked = await askedFor(interaction);
    const clientId = String(interaction.params['client_id']);
    if (asked === undefined || asked.granted.length === 0 || at.form.get('answer') !== 'allow') {
      return finish(at, denied('the person did not allow it'));
    }
    const { user, granted } = asked;
    const shown = await view(interaction, at);
    const what = {
      user: user.id,
      application: shown.client,
      client: clientId,
      scopes: granted,
      to: shown.host?.name ?? '',
    };
    await audit.record(user.organization, { act: 'application.connect', by: actor(user, at), what });
    const grant = new at.provider.Grant({ accountId: accountOf(user), clientId });
    grant.addResourceScope(resourceOf(at.base), granted.join(' '));
    const grantId = await grant.save();
    await state.keepClient(clientId);
    log.info(
      { user: user.id, organization: user.organization, client: clientId, scopes: granted },
      'an application was let in',
    );
    return finish(at, { consent: { grantId } });
  }

  async function otherAccount(at: PageRequest, interaction: Interaction): Promise<PageAnswer> {
    const session = await at.provider.Session.get(at.provider.createContext(at.request, at.response));
    await session.destroy();
    // The same request again, from the start.
    const again = new URLSearchParams();
    for (const [name, value] of Object.entries(interaction.params)) {
      if (typeof value === 'string' && name !== 'prompt') again.set(name, value);
    }
    if (interaction.deviceCode === undefined) return { redirect: `/oauth/authorize?${again}` };
    return message('Signed out', 'Start again at the terminal, and sign in with the other account.', 200);
  }

  async function fromUpstream(at: PageRequest, interaction: Interaction): Promise<PageAnswer> {
    const found = await upstream?.complete(at.base, interaction.uid, at.query, at.address);
    if (found === undefined) return show(at, interaction);
    if ('user' in found) return signedIn(at, interaction, found.user, 'fed');
    log.warn({ address: at.address, reason: found.reason }, 'a sign-in at the provider was refused');
    return message('You cannot sign in', found.reason, 403, 'Whoever administers this broker can help.');
  }

  return {
    async answer(step, at) {
      try {
        const interaction = await at.provider.interactionDetails(at.request, at.response);
        if (step === 'show') return await show(at, interaction);
        if (step === 'upstream') return await fromUpstream(at, interaction);
        if (!proofs.holds(interaction.uid, at.form.get('proof'), clock())) {
          return message('This form is not ours', 'It did not come from the page that was shown to you.', 403);
        }
        const steps = { 'sign-in': password, password: choose, consent, 'other-account': otherAccount };
        return await steps[step](at, interaction);
      } catch (error) {
        if (error instanceof errors.OIDCProviderError) return failurePage('session_not_found', undefined);
        throw error;
      }
    },
  };
}

/** For the audit. */
export function actor({ email, name }: User, { address }: Pick<PageRequest, 'address'>): AuditActor {
  return { kind: 'person', id: email, name, address };
}

function denied(description: string): InteractionResults {
  return { error: 'access_denied', error_description: description };
}
