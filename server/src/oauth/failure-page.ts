import { message, type Page } from './page.ts';

/** What a person reads where an application asked for something that cannot be, and there is nowhere to send them back to. */
export function failurePage(code: string, description: string | undefined): Page {
  const again = 'Go back to the application and start the sign-in again there.';
  switch (code) {
    case 'invalid_client':
      return message(
        'This application is not known here',
        'It may have been registered long ago, or with another broker.',
        400,
        'In the application, clear what it has stored of this sign-in (in Claude Code: /mcp, then "Clear authentication"), and connect again.',
      );
    case 'invalid_redirect_uri':
      return message(
        'The application asks to be sent elsewhere',
        'It wants the answer at an address with which it is not registered, so nothing was sent to it.',
        400,
        again,
      );
    case 'session_not_found':
    case 'expired_login_hint_token':
      return message('This sign-in has expired', 'It was not finished in time, or in another browser.', 400, again);
    case 'server_error':
      return message('Something went wrong', 'The log of the broker has the reason.', 500, again);
    default:
      // Descriptions are the provider's own sentences.
      return message(
        'This sign-in cannot go on',
        description ?? 'The request of the application is not well formed.',
        400,
        again,
      );
  }
}
