import { html } from './html.ts';
import { message, type Page, page } from './page.ts';

/** Where a person types the code that a terminal shows. */
export function deviceInputPage(base: string, secret: string, code: string, error?: Error): Page {
  if (error?.name === 'AbortedError') {
    return message('Cancelled', 'Nothing was allowed. You can close this page.', 200);
  }
  const problem = error === undefined ? undefined : (PROBLEMS[error.name] ?? 'That did not work.');
  return page(
    'Sign in at a terminal',
    html`<p>Type the code that the terminal shows.</p>
${problem !== undefined && html`<p class="bad" role="alert">${problem}</p>`}
<form method="post" action="${base}/oauth/device">
<input type="hidden" name="xsrf" value="${secret}">
<label for="code">Code</label>
<input id="code" class="code" name="user_code" value="${code}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required autofocus>
<div class="actions"><button type="submit">Continue</button></div>
</form>`,
    { status: problem === undefined ? 200 : 400 },
  );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  NotFoundError: 'There is no such code. Look at the terminal again.',
  ExpiredError: 'This code has expired. Start again at the terminal.',
  AlreadyUsedError: 'This code was used already. Start again at the terminal.',
  NoCodeError: 'Type the code first.',
};

/** Codes are also sent to people by others, who want to be let in: the person has to have asked for it. */
export function deviceConfirmPage(base: string, secret: string, client: string, code: string): Page {
  return page(
    'Is this your terminal?',
    html`<p>${client} asks to be signed in as you. Its terminal must show this code:</p>
<p class="host"><strong class="code">${code}</strong></p>
<p>Go on only if you have just started this yourself. If somebody sent you the code or the link, cancel.</p>
<form method="post" action="${base}/oauth/device">
<input type="hidden" name="xsrf" value="${secret}">
<input type="hidden" name="user_code" value="${code}">
<div class="actions">
<button type="submit" name="confirm" value="yes">It is mine</button>
<button type="submit" class="other" name="abort" value="yes">Cancel</button>
</div>
</form>`,
  );
}

export function deviceDonePage(): Page {
  return message('Signed in', 'The terminal goes on. You can close this page.', 200);
}
