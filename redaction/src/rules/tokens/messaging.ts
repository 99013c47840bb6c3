import { ALNUM, alphabet, BASE64URL, DIGIT, HEX_LOWER } from '../../alphabet.ts';
import { exactly, run, type TokenFormat } from './token-format.ts';

const SLACK = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-');
const PATH = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_/+');

/** Chat, mail and telephone services. */
export const MESSAGING: readonly TokenFormat[] = [
  {
    kind: 'slack-token',
    what: 'Slack bot, user, workspace, legacy, configuration and refresh tokens',
    source: 'https://docs.slack.dev/authentication/tokens',
    prefixes: [
      'xoxb-',
      'xoxp-',
      'xoxa-',
      'xoxr-',
      'xoxs-',
      'xoxo-',
      'xoxe-',
      'xoxe.xoxb-',
      'xoxe.xoxp-',
      'xoxc-',
      'xoxd-',
    ],
    parts: [run(SLACK, 10)],
    digit: true,
  },
  {
    kind: 'slack-token',
    what: 'Slack app-level tokens',
    source: 'https://docs.slack.dev/authentication/tokens',
    prefixes: ['xapp-', 'XAPP-'],
    parts: [run(SLACK, 16)],
    digit: true,
  },
  {
    kind: 'slack-webhook',
    what: 'Slack incoming webhooks and workflow triggers: whoever has the URL may post',
    source: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
    prefixes: ['hooks.slack.com/services/', 'hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
    parts: [run(PATH, 24)],
  },
  {
    kind: 'discord-webhook',
    what: 'Discord webhooks: whoever has the URL may post',
    source: 'https://discord.com/developers/docs/resources/webhook',
    prefixes: ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
    parts: [run(DIGIT, 17), '/', run(BASE64URL, 60)],
  },
  {
    kind: 'twilio-key',
    what: 'Twilio account and API key SIDs',
    source: 'https://www.twilio.com/docs/glossary/what-is-a-sid',
    prefixes: ['SK', 'AC'],
    parts: [exactly(HEX_LOWER, 32)],
  },
  {
    kind: 'sendgrid-key',
    what: 'SendGrid API keys',
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    prefixes: ['SG.'],
    parts: [exactly(BASE64URL, 22), '.', exactly(BASE64URL, 43)],
  },
  {
    kind: 'mailgun-key',
    what: 'Mailgun private keys',
    source: 'https://documentation.mailgun.com/docs/mailgun/api-reference/authentication',
    prefixes: ['key-', 'pubkey-'],
    parts: [exactly(HEX_LOWER, 32)],
  },
  {
    kind: 'brevo-key',
    what: 'Brevo (Sendinblue) API and SMTP keys',
    source: 'https://developers.brevo.com/docs/getting-started',
    prefixes: ['xkeysib-', 'xsmtpsib-'],
    parts: [exactly(HEX_LOWER, 64), '-', run(ALNUM, 16)],
  },
  {
    kind: 'facebook-token',
    what: 'Facebook and Instagram access tokens',
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/',
    prefixes: ['EAAM', 'EAAC', 'EAAB', 'EAAG'],
    parts: [run(ALNUM, 80)],
  },
];
