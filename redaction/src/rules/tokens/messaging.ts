import { ALNUM, alphabet, BASE64URL, DIGIT, HEX, HEX_LOWER, LOWER_ALNUM, WORD } from '../../alphabet.ts';
import { exactly, run, type TokenFormat } from './token-format.ts';

const SLACK = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-');
const PATH = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_/+');

const TEAMS = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_/@');
const PERCENT_ALNUM = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%');

const SENDGRID = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.=');

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
    parts: [run(PATH, 12)],
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
    parts: [exactly(LOWER_ALNUM, 32)],
  },
  {
    kind: 'sendgrid-key',
    what: 'SendGrid API keys',
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    prefixes: ['SG.'],
    parts: [exactly(BASE64URL, 22), '.', exactly(BASE64URL, 43)],
  },
  {
    kind: 'sendgrid-key',
    what: 'SendGrid API keys whose parts have other lengths',
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    prefixes: ['SG.'],
    parts: [run(SENDGRID, 60)],
    random: true,
  },
  {
    kind: 'twilio-key',
    what: 'Twilio API key SIDs in capitals',
    source: 'https://www.twilio.com/docs/glossary/what-is-a-sid',
    prefixes: ['SK'],
    parts: [exactly(HEX, 32)],
    digit: true,
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
  {
    kind: 'discord-token',
    what: 'Discord bot tokens: the base64 of a user id, a time and a MAC',
    source: 'https://discord.com/developers/docs/reference#authentication',
    prefixes: ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'],
    // Base64 of digits has no other characters.
    ahead: 20,
    parts: [run(BASE64URL, 20, 28), '.', exactly(BASE64URL, 6), '.', run(BASE64URL, 27, 40)],
  },
  {
    kind: 'discord-webhook',
    what: 'Discord webhooks of a version, of the canary and of the public test build',
    source: 'https://discord.com/developers/docs/resources/webhook',
    prefixes: ['discord.com/api/v'],
    parts: [run(DIGIT, 1, 2), '/webhooks/', run(DIGIT, 17), '/', run(BASE64URL, 60)],
  },
  {
    kind: 'teams-webhook',
    what: 'Microsoft Teams incoming webhooks',
    source: 'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    prefixes: ['webhook.office.com/webhookb2/'],
    parts: [run(TEAMS, 36)],
  },
  {
    kind: 'zapier-webhook',
    what: 'Zapier webhooks: whoever has the URL may post',
    source: 'https://zapier.com/help/doc/how-get-started-webhooks-zapier',
    prefixes: ['hooks.zapier.com/hooks/catch/'],
    parts: [run(DIGIT, 4), '/', run(ALNUM, 5)],
  },
  {
    kind: 'zapier-webhook',
    what: 'IFTTT webhooks',
    source: 'https://ifttt.com/maker_webhooks',
    prefixes: ['maker.ifttt.com/trigger/'],
    parts: [run(WORD, 1), '/with/key/', run(BASE64URL, 16)],
  },
  {
    kind: 'feishu-webhook',
    what: 'Feishu and Lark bot webhooks',
    source: 'https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot',
    prefixes: ['open.feishu.cn/open-apis/bot/v2/hook/', 'open.larksuite.com/open-apis/bot/v2/hook/'],
    parts: [run(BASE64URL, 32)],
  },
  {
    kind: 'resend-key',
    what: 'Resend API keys',
    source: 'https://resend.com/docs/dashboard/api-keys/introduction',
    prefixes: ['re_'],
    parts: [exactly(ALNUM, 8), '_', run(ALNUM, 20)],
    random: true,
  },
  {
    kind: 'mailersend-token',
    what: 'MailerSend API tokens',
    source: 'https://developers.mailersend.com/general.html#authentication',
    prefixes: ['mlsn.'],
    parts: [exactly(HEX_LOWER, 64)],
  },
  {
    kind: 'mandrill-key',
    what: 'Mailchimp Transactional API keys',
    source: 'https://mailchimp.com/developer/transactional/guides/quick-start/',
    prefixes: ['md-'],
    parts: [exactly(BASE64URL, 22)],
    random: true,
  },
  {
    kind: 'klaviyo-key',
    what: 'Klaviyo private keys',
    source: 'https://developers.klaviyo.com/en/docs/authenticate_',
    prefixes: ['pk_'],
    parts: [exactly(HEX_LOWER, 34)],
  },
  {
    kind: 'facebook-token',
    what: 'Facebook access tokens of other applications',
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/',
    prefixes: ['EAA'],
    parts: [run(ALNUM, 90)],
    random: true,
  },
  {
    kind: 'facebook-token',
    what: 'Instagram access tokens',
    source: 'https://developers.facebook.com/docs/instagram-platform/reference/access_token/',
    prefixes: ['IGQV', 'IGAA'],
    parts: [run(BASE64URL, 80)],
  },
  {
    kind: 'twitter-token',
    what: 'X (Twitter) bearer tokens',
    source: 'https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens',
    prefixes: ['AAAAAAAAAAAAAAAAAAAAA'],
    parts: [run(PERCENT_ALNUM, 80)],
  },
];
