import { ALNUM, type Alphabet, alphabet, BASE64URL, DIGIT, HEX_LOWER, LOWER_ALNUM, WORD } from '../../alphabet.ts';
import { sliceText } from '../../intrinsics.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { exactly, partsEnd, run, type TokenFormat } from './token-format.ts';

/** A token that is known by something in its middle or at its end, with a stretch of one alphabet before it. */
interface MarkedFormat extends Pick<TokenFormat, 'kind' | 'what' | 'source' | 'parts' | 'digit'> {
  /** Where the rule is asked: a symbol or a word, and what may follow it, each of one character. */
  readonly mark: string;
  readonly next?: string;
  /** What stands between the stretch and the mark. */
  readonly joint: string;
  /** See `Rule.again`; for a mark that is frequent. */
  readonly again?: number;
  readonly before: { readonly of: Alphabet; readonly min: number; readonly max: number };
  /** The last of the characters before is a digit. */
  readonly digitBefore?: boolean;
}

const CAPITAL_A = 65;

const KEY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/');
const UUID = alphabet('0123456789abcdef-');
const SERVICE_KEY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/-_');
const LONGEST_SERVICE_KEY = 76;
const TERRAFORM = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_=');
const AZURE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~');

const FORMATS: readonly MarkedFormat[] = [
  {
    kind: 'terraform-token',
    what: 'Terraform Cloud and Enterprise API tokens',
    source: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    mark: 'atlasv1',
    joint: '.',
    before: { of: ALNUM, min: 14, max: 14 },
    parts: ['.', run(TERRAFORM, 50)],
  },
  {
    kind: 'maxmind-key',
    what: 'MaxMind license keys',
    source: 'https://support.maxmind.com/hc/en-us/articles/4407111582235-Generate-a-License-Key',
    mark: 'mmk',
    joint: '_',
    before: { of: WORD, min: 36, max: 36 },
    parts: [],
  },
  {
    kind: 'azure-secret',
    what: 'Client secrets of Microsoft Entra applications',
    source: 'https://learn.microsoft.com/purview/sit-defn-client-secret-api-key',
    mark: '~',
    joint: 'Q',
    before: { of: AZURE, min: 4, max: 4 },
    digitBefore: true,
    parts: [{ of: AZURE, min: 31, max: 34 }],
  },
  {
    kind: 'azure-key',
    what: 'Account keys of Azure storage, batch and machine learning, which carry a mark and a checksum',
    source: 'https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key',
    mark: '+A',
    next: 'SBM',
    joint: '',
    before: { of: KEY, min: 76, max: 76 },
    parts: [exactly(KEY, 8), '=='],
  },
  {
    kind: 'azure-key',
    what: 'Keys of Azure Service Bus, Event Hubs and Relay with their mark',
    source: 'https://learn.microsoft.com/purview/sit-defn-azure-service-bus-shared-access-signature',
    mark: '+A',
    next: 'SER',
    joint: '',
    before: { of: KEY, min: 33, max: 33 },
    parts: [exactly(KEY, 8), '='],
  },
  {
    kind: 'azure-key',
    what: 'Keys of Azure container registries with their mark',
    source: 'https://learn.microsoft.com/purview/sit-defn-azure-container-registry-access-key',
    mark: '+A',
    next: 'C',
    joint: '',
    before: { of: KEY, min: 42, max: 42 },
    parts: [exactly(KEY, 8)],
  },
  {
    kind: 'telegram-token',
    what: 'Telegram bot tokens',
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
    mark: ':A',
    joint: '',
    before: { of: DIGIT, min: 5, max: 16 },
    parts: [exactly(BASE64URL, 34)],
  },
  {
    kind: 'facebook-token',
    what: 'Facebook application access tokens',
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/#apptokens',
    mark: '|',
    next: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-',
    joint: '',
    before: { of: DIGIT, min: 15, max: 16 },
    parts: [{ of: BASE64URL, min: 27, max: 40 }],
  },
  {
    kind: 'facebook-token',
    what: 'Facebook application access tokens in a URL',
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/#apptokens',
    mark: '%7C',
    joint: '',
    before: { of: DIGIT, min: 15, max: 16 },
    parts: [{ of: BASE64URL, min: 27, max: 40 }],
  },
  {
    kind: 'facebook-token',
    what: 'Facebook application access tokens whose separator lost its code',
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/#apptokens',
    mark: '%',
    joint: '',
    before: { of: DIGIT, min: 15, max: 16 },
    parts: [{ of: BASE64URL, min: 27, max: 40 }],
  },
  {
    kind: 'deepl-key',
    what: 'DeepL API keys of the free plan: a UUID and its mark',
    source: 'https://developers.deepl.com/docs/getting-started/auth',
    mark: ':fx',
    joint: '',
    before: { of: UUID, min: 36, max: 36 },
    parts: [],
  },
  {
    kind: 'mailchimp-key',
    what: 'Mailchimp API keys: a key and its data centre',
    source: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
    mark: '-us',
    joint: '',
    before: { of: LOWER_ALNUM, min: 32, max: 32 },
    parts: [run(DIGIT, 1, 2)],
  },
  {
    kind: 'mailgun-key',
    what: 'Mailgun API and signing keys',
    source: 'https://documentation.mailgun.com/docs/mailgun/api-reference/authentication',
    mark: '-',
    next: '0123456789abcdef',
    joint: '',
    again: 9,
    before: { of: HEX_LOWER, min: 32, max: 32 },
    parts: [exactly(HEX_LOWER, 8), '-', exactly(HEX_LOWER, 8)],
  },
];

/** Cosmos DB, API Management, Functions. Keys that end with one `=` are not looked for: it is everywhere. */
const SERVICES: readonly string[] = ['ACDb', 'APIM', 'AzFu'];
/** From the mark to the padding: four characters of the mark, five and one of the checksum. */
const TO_PADDING = 10;

/** Characters before the mark; of functions the fewer. */
const AZURE_LENGTHS: readonly number[] = [76, 44];

const azureService: Rule = {
  kind: 'azure-key',
  what: 'Keys of Azure Cosmos DB, API Management and Functions with their mark',
  source:
    'https://github.com/microsoft/security-utilities, identifiable keys; https://learn.microsoft.com/purview/sit-defn-azure-cosmosdb-account-access-key',
  anchors: ['=='],
  behind: KEY,
  match(view, at) {
    const mark = at - TO_PADDING;
    if (view.code(mark) !== CAPITAL_A || !isService(view, mark)) return undefined;
    const from = view.runStart(SERVICE_KEY, mark, LONGEST_SERVICE_KEY + 1);
    for (let index = 0; index < AZURE_LENGTHS.length; index++) {
      if (mark - from !== AZURE_LENGTHS[index]) continue;
      return [{ from, to: at + 2 }];
    }
    return undefined;
  },
};

function isService(view: View, mark: number): boolean {
  for (let index = 0; index < SERVICES.length; index++) if (view.startsWith(SERVICES[index] ?? '', mark)) return true;
  return false;
}

export const MARKED: readonly Rule[] = [...FORMATS.map(markedRule), azureService];

function withEach(mark: string, next: string): string[] {
  const anchors: string[] = [];
  for (let index = 0; index < next.length; index++) anchors[index] = mark + sliceText(next, index, index + 1);
  return anchors;
}

function markedRule(format: MarkedFormat): Rule {
  const { kind, what, source, mark, next, joint, before, again = 0 } = format;
  return {
    kind,
    what,
    source,
    anchors: next === undefined ? [mark] : withEach(mark, next),
    ...(joint === '' ? { behind: before.of } : {}),
    again,
    match(view, at) {
      const end = at - joint.length;
      // The stretch is looked at last, because it is the longest.
      if (
        !view.isIn(before.of, end - 1) ||
        !view.isIn(before.of, end - before.min) ||
        !view.startsWith(joint, end) ||
        !view.startsWith(mark, at)
      )
        return undefined;
      if (format.digitBefore === true && !view.isIn(DIGIT, end - 1)) return undefined;
      const to = partsEnd(view, format, at + mark.length);
      if (to < 0 || view.isIn(WORD, to)) return undefined;
      const from = view.runStart(before.of, end, before.max + 1);
      const length = end - from;
      return length >= before.min && length <= before.max && isStart(view, from) ? [{ from, to }] : undefined;
    },
  };
}

/** No word goes on before it. */
function isStart(view: View, from: number): boolean {
  return !view.isBehind(WORD, from);
}
