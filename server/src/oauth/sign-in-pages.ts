import { PASSWORD_LENGTH } from '../access/passwords.ts';
import type { Scope } from '../access/scopes.ts';
import type { User } from '../access/users.ts';
import { type Html, html } from './html.ts';
import { type Page, page } from './page.ts';
import type { RedirectHost } from './redirect-host.ts';

/** What every page of one sign-in has. */
export interface SignInView {
  /** Where its forms go. */
  readonly action: string;
  /** Proves that a form is one of ours. */
  readonly proof: string;
  /** As the application calls itself. */
  readonly client: string;
  /** Absent where nobody is sent anywhere: a terminal waits. */
  readonly host?: RedirectHost;
}

interface Problem {
  readonly text: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function signInPage(view: SignInView, email: string, problem?: Problem): Page {
  return page(
    'Sign in',
    html`<p>${view.client} wants to connect.</p>
${shown(problem)}
<form method="post" action="${view.action}/sign-in">
${proof(view)}
<label for="email">E-mail</label>
<input id="email" name="email" type="email" value="${email}" autocomplete="username" maxlength="254" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="${PASSWORD_LENGTH.max}" required>
<div class="actions"><button type="submit">Sign in</button></div>
</form>
<p class="note">Whoever administers this broker makes accounts and new passwords.</p>`,
    rest(view, problem),
  );
}

/** The password in hand is one that an administrator knows. */
export function choosePasswordPage(view: SignInView, ticket: string, problem?: Problem): Page {
  return page(
    'Choose a password of your own',
    html`<p>The one that you signed in with was made for you, and somebody else has seen it.</p>
${shown(problem)}
<form method="post" action="${view.action}/password">
${proof(view)}
<input type="hidden" name="ticket" value="${ticket}">
${newPassword()}
<div class="actions"><button type="submit">Go on</button></div>
</form>`,
    rest(view, problem),
  );
}

export interface Consent {
  readonly user: Pick<User, 'email' | 'name' | 'role'>;
  readonly organization: string;
  readonly granted: readonly Scope[];
  /** Asked for, and more than the person may do. */
  readonly withheld: readonly Scope[];
}

export function consentPage(view: SignInView, { user, organization, granted, withheld }: Consent): Page {
  const target = view.host;
  return page(
    `Connect ${view.client}?`,
    html`${
      target === undefined
        ? html`<p class="host">It runs at<strong>the terminal with your code</strong></p>`
        : html`<p class="host">The answer goes to<strong>${target.name}</strong>${target.meaning}</p>`
    }
<p class="note">The name is what the application says of itself. Nobody has checked it.</p>
<dl>
<dt>Account</dt><dd>${user.name} (${user.email}), ${user.role}</dd>
<dt>Organization</dt><dd>${organization}</dd>
</dl>
<h2>It will be able to</h2>
${granted.length === 0 ? html`<p>do nothing: your role does not allow what it asks for.</p>` : list(granted, organization)}
${withheld.length > 0 && html`<p class="note">It also asked for what the role ${user.role} may not do: ${withheld.join(', ')}.</p>`}
<form method="post" action="${view.action}/consent">
${proof(view)}
<div class="actions">
${granted.length > 0 && html`<button type="submit" name="answer" value="allow">Allow</button>`}
<button type="submit" class="other" name="answer" value="cancel">Cancel</button>
</div>
</form>
<form method="post" action="${view.action}/other-account">
${proof(view)}
<div class="actions"><button type="submit" class="other">Use another account</button></div>
</form>`,
    rest(view),
  );
}

/** Two fields for a new password, as all of its forms have them. */
export function newPassword(): Html {
  return html`<label for="new">New password</label>
<input id="new" name="new" type="password" autocomplete="new-password" minlength="${PASSWORD_LENGTH.min}" maxlength="${PASSWORD_LENGTH.max}" required aria-describedby="rule">
<p class="note" id="rule">At least ${PASSWORD_LENGTH.min} characters. A few unrelated words are good.</p>
<label for="again">The same again</label>
<input id="again" name="again" type="password" autocomplete="new-password" maxlength="${PASSWORD_LENGTH.max}" required>`;
}

const WORDS: Readonly<Record<Scope, (organization: string) => string>> = {
  'runtime:read': (organization) =>
    `See the running processes of ${organization} that you may see, the source around a line, and what was captured`,
  'probe:place': () => 'Place probes in them: capture variables, expressions and call stacks at a line',
  admin: (organization) => `Administer ${organization}: tokens, users, policies, and the yes that a probe may need`,
};

function list(scopes: readonly Scope[], organization: string): Html {
  return html`<ul>${scopes.map((scope) => html`<li>${WORDS[scope](organization)}</li>`)}</ul>`;
}

function proof(view: SignInView): Html {
  return html`<input type="hidden" name="proof" value="${view.proof}">`;
}

function shown(problem: Problem | undefined): Html | false {
  return problem !== undefined && html`<p class="bad" role="alert">${problem.text}</p>`;
}

function rest({ host }: SignInView, problem?: Problem) {
  return {
    ...(problem !== undefined && { status: problem.status }),
    ...(problem?.headers !== undefined && { headers: problem.headers }),
    ...(host !== undefined && { formTarget: host.uri }),
  };
}
