import { ALNUM, alphabet, BASE64, BASE64URL, HEX, HEX_LOWER, LOWER_ALNUM } from '../../alphabet.ts';
import { exactly, run, type TokenFormat } from './token-format.ts';

const BASE64URL_PLUS = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_+/=');

/** Clouds and platforms beyond those of `cloud.ts`, and further credentials of those. */
export const PLATFORMS: readonly TokenFormat[] = [
  {
    kind: 'aws-session-token',
    what: 'AWS session tokens: base64 that begins with the name of the service that made them',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html',
    prefixes: ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'AQoDYXdz'],
    parts: [run(BASE64, 80)],
  },
  {
    kind: 'aws-mws-token',
    what: 'Amazon Marketplace tokens',
    source: 'https://developer-docs.amazon.com/sp-api/docs/',
    prefixes: ['amzn.mws.'],
    parts: [exactly(HEX, 8), '-', exactly(HEX, 4), '-', exactly(HEX, 4), '-', exactly(HEX, 4), '-', exactly(HEX, 12)],
  },
  {
    kind: 'amazon-token',
    what: 'Login with Amazon access and refresh tokens',
    source: 'https://developer.amazon.com/docs/login-with-amazon/access-token.html',
    prefixes: ['Atza|', 'Atzr|', 'Atc|'],
    parts: [run(BASE64URL_PLUS, 40)],
  },
  {
    kind: 'amazon-secret',
    what: 'Login with Amazon client secrets',
    source: 'https://developer.amazon.com/docs/login-with-amazon/register-web.html',
    prefixes: ['amzn1.oa2-cs.v1.'],
    parts: [run(HEX_LOWER, 60)],
  },
  {
    kind: 'aws-appsync-key',
    what: 'AWS AppSync API keys',
    source: 'https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html',
    prefixes: ['da2-'],
    parts: [exactly(LOWER_ALNUM, 26)],
  },
  {
    kind: 'cloudflare-token',
    what: 'Cloudflare global keys, user and account tokens: 40 characters and a checksum',
    source: 'https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/',
    prefixes: ['cfk_', 'cfut_', 'cfat_'],
    parts: [run(ALNUM, 40)],
  },
  {
    kind: 'turnstile-secret',
    what: 'Cloudflare Turnstile secrets; the shorter site keys are public',
    source: 'https://developers.cloudflare.com/turnstile/get-started/',
    prefixes: ['0x4AAAAAAA'],
    parts: [run(BASE64URL, 23)],
  },
  {
    kind: 'firebase-key',
    what: 'Firebase Cloud Messaging server keys',
    source: 'https://firebase.google.com/docs/cloud-messaging/auth-server',
    prefixes: ['AAAA'],
    parts: [exactly(BASE64URL, 7), ':', run(BASE64URL, 120)],
  },
  {
    kind: 'google-key',
    what: 'Google keys for generative models',
    source: 'https://cloud.google.com/vertex-ai/generative-ai/docs/start/api-keys',
    prefixes: ['AQ.'],
    parts: [run(BASE64URL, 40)],
    digit: true,
  },
  {
    kind: 'yandex-token',
    what: 'Yandex Cloud API keys',
    source: 'https://yandex.cloud/docs/iam/concepts/authorization/api-key',
    prefixes: ['AQVN'],
    parts: [run(BASE64URL, 35, 38)],
  },
  {
    kind: 'yandex-token',
    what: 'Yandex Cloud IAM tokens',
    source: 'https://yandex.cloud/docs/iam/concepts/authorization/iam-token',
    prefixes: ['t1.'],
    parts: [run(BASE64, 20), '.', run(BASE64URL, 80)],
  },
  {
    kind: 'yandex-token',
    what: 'Yandex OAuth tokens',
    source: 'https://yandex.cloud/docs/iam/concepts/authorization/oauth-token',
    prefixes: ['y0_', 'y1_', 'y2_', 'y3_'],
    parts: [run(BASE64URL, 50)],
  },
  {
    kind: 'yandex-token',
    what: 'Yandex Cloud static access keys',
    source: 'https://yandex.cloud/docs/iam/concepts/authorization/access-key',
    prefixes: ['YCAJ', 'YCOJ'],
    parts: [run(BASE64URL, 21, 36)],
  },
  {
    kind: 'softlayer-key',
    what: 'SoftLayer API keys in the URL of its SOAP interface',
    source: 'https://sldn.softlayer.com/article/soap/',
    prefixes: ['softlayer.com/soap/v3.1/', 'softlayer.com/soap/v3/'],
    parts: [exactly(LOWER_ALNUM, 64)],
  },
  {
    kind: 'baidu-key',
    what: 'Baidu AI Cloud API keys: the id of a key and its secret',
    source: 'https://cloud.baidu.com/doc/qianfan-api/s/ym9chdsy5, authentication with an API key',
    prefixes: ['bce-v3/ALTAK-'],
    parts: [run(ALNUM, 16), '/', exactly(HEX_LOWER, 40)],
  },
  {
    kind: 'zuplo-key',
    what: 'Keys that the gateway Zuplo gives to consumers of an API: a key and its checksum',
    source: 'https://zuplo.com/docs/articles/api-key-leak-detection',
    prefixes: ['zpka_'],
    parts: [exactly(HEX_LOWER, 32), '_', exactly(HEX_LOWER, 8)],
  },
  {
    kind: 'akamai-token',
    what: 'Akamai EdgeGrid client and access tokens',
    source: 'https://techdocs.akamai.com/developer/docs/edgegrid',
    prefixes: ['akab-', 'akaa-'],
    parts: [run(LOWER_ALNUM, 12), '-', run(LOWER_ALNUM, 12)],
  },
];
