import { PASSWORD_LENGTH } from '../access/passwords.ts';
import type { User } from '../access/users.ts';
import { accountOf, isSignedOut, userOfAccount } from './account.ts';
import { type AccountView, accountPage, type ConnectedApplication } from './account-pages.ts';
import { actor, type InteractionsOptions, type PageAnswer, type PageRequest } from './interactions.ts';
import { message } from './page.ts';
import { ACCOUNT_CLIENT } from './provider.ts';

export type AccountStep = 'show' | 'password' | 'disconnect' | 'sign-out';

/** What people do with their own account, in a browser in which they are signed in. */
export interface Accounts {
  answer(step: AccountStep, request: PageRequest): Promise<PageAnswer>;
}

export function createAccounts(options: InteractionsOptions): Accounts {
  const { store, state, users, signIn, audit, proofs, clock, log } = options;

  async function applicationsOf({ provider }: PageRequest, user: User): Promise<ConnectedApplication[]> {
    const applications: ConnectedApplication[] = [];
    for (const grant of await state.grantsOf(accountOf(user))) {
      const { jti: grantId, clientId, iat = 0, resources } = grant;
      if (grantId === undefined || isSignedOut(user, iat)) continue;
      const name = clientId === undefined ? undefined : (await provider.Client.find(clientId))?.clientName;
      const scopes = Object.values(resources ?? {}).join(' ');
      applications.push({ grantId, name: name ?? 'An application without a name', scopes, since: iat });
    }
    return applications;
  }

  async function show(at: PageRequest, user: User, proof: string, rest: Pick<AccountView, 'done' | 'problem'> = {}) {
    const organizations = await store.organizations.list();
    const organization = organizations.find(({ id }) => id === user.organization)?.name ?? user.organization;
    return accountPage({ user, organization, applications: await applicationsOf(at, user), proof, ...rest });
  }

  /** The sign-in of any application, for one that gets nothing: afterwards the browser has a session. */
  function signInFirst({ base, query }: PageRequest): PageAnswer {
    if (query.has('error')) return message('Not signed in', 'Open this page again to sign in.', 200);
    const parameters = new URLSearchParams({
      client_id: ACCOUNT_CLIENT,
      response_type: 'none',
      redirect_uri: `${base}/oauth/account`,
      scope: 'runtime:read',
    });
    return { redirect: `/oauth/authorize?${parameters}` };
  }

  async function change(at: PageRequest, user: User, proof: string): Promise<PageAnswer> {
    const password = (at.form.get('password') ?? '').slice(0, PASSWORD_LENGTH.max);
    const tried = await signIn.attempt({ email: user.email, password, address: at.address });
    const problems = {
      refused: 'The password that you have now is another.',
      throttled: 'Too many attempts. Try again in some minutes.',
      busy: 'Too many people sign in at this moment. Try again in a few seconds.',
    };
    if (tried.outcome !== 'signed in') return show(at, user, proof, { problem: problems[tried.outcome] });
    const what = { user: user.id, email: user.email, password: true };
    await audit.record(user.organization, { act: 'user.change', by: actor(user, at), what });
    const chosen = at.form.get('new') ?? '';
    const problem =
      chosen === at.form.get('again') ? await signIn.choose(tried.user, chosen) : 'The two are not the same.';
    if (problem !== undefined) return show(at, user, proof, { problem });
    log.info({ user: user.id, organization: user.organization, address: at.address }, 'a password was changed');
    return message('The password is changed', 'You are signed out everywhere. Connect your applications again.', 200);
  }

  return {
    async answer(step, at) {
      const session = await at.provider.Session.get(at.provider.createContext(at.request, at.response));
      const user = await userOfAccount(users, session.accountId);
      if (user === undefined || isSignedOut(user, session.loginTs)) return signInFirst(at);
      const proof = proofs.of(`account ${session.uid}`);
      if (step === 'show') return show(at, user, proof);
      if (!proofs.holds(`account ${session.uid}`, at.form.get('proof'), clock())) {
        return message('This form is not ours', 'It did not come from the page that was shown to you.', 403);
      }
      if (step === 'password') return change(at, user, proof);
      if (step === 'sign-out') {
        await session.destroy();
        return message('Signed out', 'This browser is signed out. Connected applications stay connected.', 200);
      }
      const own = await applicationsOf(at, user);
      const named = own.find(({ grantId }) => grantId === at.form.get('grant'));
      if (named !== undefined) {
        const what = { user: user.id, application: named.name };
        await audit.record(user.organization, { act: 'application.disconnect', by: actor(user, at), what });
        await state.endGrant(named.grantId);
        log.info({ user: user.id, organization: user.organization }, 'an application was disconnected');
      }
      return show(at, user, proof, {
        done: named === undefined ? 'It was disconnected already.' : `Disconnected ${named.name}.`,
      });
    },
  };
}
