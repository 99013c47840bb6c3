import { createHash } from 'node:crypto';
import type { QuotaNeed, QuotaStore } from '../store/quota-store.ts';
import { type Passwords, PasswordsBusy, passwordProblem } from './passwords.ts';
import type { User, Users } from './users.ts';

/** Whose counters those of people are who are not known yet. */
const ORGANIZATION = '@sign-in';

/** Attempts in a burst, and those that come back in a second. An office behind one address has more people than an account. */
const PER_ADDRESS = { limit: 30, perSecond: 30 / 900 };
const PER_EMAIL = { limit: 10, perSecond: 10 / 900 };

/** `refused` says no more, whichever of e-mail, password and account is wrong. */
export type SignInOutcome =
  | { readonly outcome: 'signed in'; readonly user: User }
  | { readonly outcome: 'refused' }
  /** Too many attempts: from `retryAt` (milliseconds since the epoch) one more is good. */
  | { readonly outcome: 'throttled'; readonly retryAt: number }
  | { readonly outcome: 'busy' };

export interface PasswordAttempt {
  readonly email: string;
  readonly password: string;
  /** Of the client. */
  readonly address: string;
}

/** Sign-in with a password that the broker itself keeps. */
export interface SignIn {
  attempt(attempt: PasswordAttempt): Promise<SignInOutcome>;
  /**
   * Sets the password of a person who has just shown the old one, and signs them out everywhere else, unless the old one was
   * only there to be replaced. A sentence for the person where the new one is no good. Rejects with `PasswordsBusy`.
   */
  choose(user: User, password: string): Promise<string | undefined>;
}

export interface SignInOptions {
  readonly users: Users;
  readonly passwords: Passwords;
  readonly quotas: QuotaStore;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export function createSignIn({ users, passwords, quotas, clock }: SignInOptions): SignIn {
  return {
    async attempt({ email, password, address }) {
      const now = clock();
      // Taken before the password is looked at, so that attempts at the same time are counted as well.
      const refusal = await quotas.take(ORGANIZATION, needs(email, address), now);
      if (refusal !== undefined) return { outcome: 'throttled', retryAt: refusal.retryAt };
      const user = await users.byEmail(email);
      try {
        const right = await passwords.verify(password, user?.passwordHash);
        if (!right || user === undefined || user.disabled === true) return { outcome: 'refused' };
      } catch (error) {
        if (error instanceof PasswordsBusy) return { outcome: 'busy' };
        throw error;
      }
      const signedIn = await users.change(user.organization, user.id, { lastSignInAt: now });
      return signedIn === undefined ? { outcome: 'refused' } : { outcome: 'signed in', user: signedIn };
    },

    async choose(user, password) {
      const problem = passwordProblem(password, user.email);
      if (problem !== undefined) return problem;
      if (await passwords.verify(password, user.passwordHash)) return 'This is the password that you have now.';
      const passwordHash = await passwords.hash(password);
      const replaced = user.passwordIsTemporary === true ? {} : { signedOutAt: clock() };
      const change = { passwordHash, passwordIsTemporary: undefined, ...replaced };
      return (await users.change(user.organization, user.id, change)) === undefined
        ? 'This account does not exist any more.'
        : undefined;
    },
  };
}

function needs(email: string, address: string): QuotaNeed[] {
  // An address that somebody types is of any length, and a counter's name is not the place for it.
  const name = createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 32);
  return [
    { kind: 'bucket', name: `address:${address}`, amount: 1, ...PER_ADDRESS },
    { kind: 'bucket', name: `email:${name}`, amount: 1, ...PER_EMAIL },
  ];
}
