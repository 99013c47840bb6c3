import { PASSWORD_LENGTH } from '../access/passwords.ts';
import type { User } from '../access/users.ts';
import { type Html, html } from './html.ts';
import { type Page, page } from './page.ts';
import { newPassword } from './sign-in-pages.ts';

/** What a person has let in. */
export interface ConnectedApplication {
  readonly grantId: string;
  readonly name: string;
  readonly scopes: string;
  /** Seconds since the epoch. */
  readonly since: number;
}

export interface AccountView {
  readonly user: User;
  readonly organization: string;
  readonly applications: readonly ConnectedApplication[];
  /** Proves that a form is one of ours. */
  readonly proof: string;
  /** What was just done, in a sentence. */
  readonly done?: string;
  readonly problem?: string;
}

export function accountPage({ user, organization, applications, proof, done, problem }: AccountView): Page {
  const form = (what: string, content: Html) =>
    html`<form method="post" action="/oauth/account/${what}"><input type="hidden" name="proof" value="${proof}">${content}</form>`;
  return page(
    'Your account',
    html`${done !== undefined && html`<p role="status">${done}</p>`}
${problem !== undefined && html`<p class="bad" role="alert">${problem}</p>`}
<dl>
<dt>Account</dt><dd>${user.name} (${user.email})</dd>
<dt>Role</dt><dd>${user.role} in ${organization}</dd>
</dl>
${form('sign-out', html`<div class="actions"><button type="submit" class="other">Sign out of this browser</button></div>`)}
<h2>Connected applications</h2>
${
  applications.length === 0
    ? html`<p>None.</p>`
    : html`<ul>${applications.map(
        ({ grantId, name, scopes, since }) =>
          html`<li>${name}, since ${new Date(since * 1000).toISOString().slice(0, 10)} <span class="note">(${scopes})</span>${form(
            'disconnect',
            html`<input type="hidden" name="grant" value="${grantId}"><button type="submit" class="other">Disconnect</button>`,
          )}</li>`,
      )}</ul>`
}
${
  user.passwordHash !== undefined &&
  html`<h2>Change the password</h2>
<p class="note">It signs you out everywhere, and applications have to be connected again.</p>
${form(
  'password',
  html`<label for="password">Password that you have now</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="${PASSWORD_LENGTH.max}" required>
${newPassword()}
<div class="actions"><button type="submit">Change it</button></div>`,
)}`
}`,
    { status: problem === undefined ? 200 : 400 },
  );
}
