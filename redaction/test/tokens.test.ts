import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});

function redact(text: string): string {
  return redactor.text(text)?.text ?? text;
}

/** Made here, so that no scanner takes this file for a leak. */
const fill = (pattern: string, length: number) => pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
const alnum = (length: number) => fill('a1B2c3D4e5F6g7H8', length);
const lower = (length: number) => fill('a1b2c3d4e5f6g7h8', length);
const upper = (length: number) => fill('A2B3C4D5E6F7G2H3', length);
const hex = (length: number) => fill('0123456789abcdef', length);
const digits = (length: number) => fill('1234567890', length);
const uuid = '0a1b2c3d-1234-4abc-8def-0123456789ab';

const TOKENS: readonly (readonly [kind: string, token: string])[] = [
  ['aws-principal', `AROA${upper(16)}`],
  ['aws-access-key', `ASIA${'1089'.repeat(4)}`],
  ['slack-webhook', `hooks.slack.com/services/T${upper(4)}/B${upper(4)}/${alnum(4)}`],
  ['discord-token', `MT${alnum(22)}.${alnum(6)}.${alnum(27)}`],
  ['mailchimp-key', `${lower(32)}-us12`],
  ['facebook-token', `${digits(15)}%7C${alnum(27)}`],
  ['sendgrid-key', `SG.${lower(66)}`],
  ['duffel-token', `duffel_test_${alnum(20)}=${alnum(22)}`],
  ['frameio-token', `fio-u-${alnum(30)}=${alnum(33)}`],
  ['defined-key', `dnkey-${alnum(12)}=${alnum(13)}-${alnum(52)}`],
  ['age-key', `AGE-SECRET-KEY-1${'QPZRY9X8'.repeat(3)}`],
  ['circleci-token', `CCIPAT_${alnum(22)}_${hex(40)}`],
  ['buildkite-token', `bkua_${hex(40)}`],
  ['snyk-token', `snyk_uat.${hex(8)}.${alnum(60)}`],
  ['sonar-token', `squ_${hex(40)}`],
  ['nuget-key', `oy2${lower(43)}`],
  ['packagist-token', `packagist_uut_${hex(68)}`],
  ['bitbucket-token', `BBDC-${alnum(44)}`],
  ['harness-key', `pat.${alnum(22)}.${hex(24)}.${alnum(20)}`],
  ['vercel-token', `vcp_${alnum(56)}`],
  ['vercel-token', `vercel_blob_rw_${alnum(16)}_${alnum(30)}`],
  ['render-key', `rnd_${alnum(32)}`],
  ['youtrack-token', `perm:${alnum(16)}.${alnum(8)}.${alnum(40)}`],
  ['gitlab-token', `glpat-${alnum(30)}.01.${lower(9)}`],
  ['jfrog-token', `AKCp${alnum(69)}`],
  ['jfrog-token', `AP5${alnum(30)}`],
  ['neon-key', `npg_${alnum(12)}`],
  ['cockroachdb-key', `CCDB1_${alnum(22)}_${alnum(40)}`],
  ['mongodb-secret', `mdb_sa_sk_${alnum(40)}`],
  ['aiven-password', `AVNS_${alnum(19)}`],
  ['pinecone-key', `pcsk_${alnum(5)}_${alnum(63)}`],
  ['confluent-secret', `cflt${alnum(60)}`],
  ['datastax-token', `AstraCS:${alnum(24)}:${hex(64)}`],
  ['storage-key', `SCW${upper(17)}`],
  ['storage-key', `GOOG1E${upper(55)}`],
  ['aws-session-token', `IQoJb3JpZ2luX2Vj${alnum(300)}`],
  ['aws-access-key', `A3T${upper(17)}`],
  ['aws-mws-token', `amzn.mws.${uuid}`],
  ['cloudflare-token', `cfut_${alnum(40)}${hex(8)}`],
  ['firebase-key', `AAAA${alnum(7)}:${alnum(140)}`],
  ['yandex-token', `AQVN${alnum(36)}`],
  ['onepassword-secret-key', `A3-${upper(6)}-${upper(6)}-${upper(5)}-${upper(5)}-${upper(5)}-${upper(5)}`],
  ['secret-token', `secret-token:${alnum(20)}%20${alnum(4)}`],
  ['vault-token', `s.${alnum(24)}`],
  ['infisical-token', `st.${hex(24)}.${hex(32)}.${hex(32)}`],
  ['bitwarden-token', `0.${uuid}.${alnum(30)}:${alnum(22)}==`],
  ['ory-token', `ory_at_${alnum(43)}.${alnum(43)}`],
  ['authress-key', `sc_${lower(20)}.${lower(4)}.acc-${lower(12)}.${alnum(40)}`],
  ['extended-private-key', `xprv${fill('9s21ZrQH143K', 107)}`],
  ['nostr-key', `nsec1${lower(58)}`],
  ['minisign-key', `RWRTY0Iy${alnum(200)}`],
  ['grafana-token', `eyJrIjoi${alnum(80)}`],
  ['honeycomb-key', `hcaik_${lower(58)}`],
  ['axiom-token', `xaat-${uuid}`],
  ['posthog-key', `phx_${alnum(43)}`],
  ['launchdarkly-key', `mob-${uuid}`],
  ['configcat-key', `configcat-sdk-1/${alnum(22)}/${alnum(22)}`],
  ['paypal-token', `A21AA${alnum(90)}`],
  ['adyen-key', `AQEyhmf${alnum(80)}`],
  ['test-and-live-key', `live_${alnum(30)}`],
  ['razorpay-key', `rzp_live_${alnum(14)}`],
  ['mercadopago-token', `APP_USR-${digits(16)}-${digits(6)}-${hex(32)}-${digits(9)}`],
  ['paddle-key', `pdl_live_apikey_${lower(26)}_${alnum(22)}_${alnum(3)}`],
  ['woocommerce-key', `cs_${hex(40)}`],
  ['discord-token', `MT${alnum(24)}.${alnum(6)}.${alnum(38)}`],
  ['discord-webhook', `discord.com/api/v10/webhooks/${digits(18)}/${alnum(68)}`],
  ['teams-webhook', `webhook.office.com/webhookb2/${uuid}@${uuid}/IncomingWebhook/${hex(32)}/${uuid}`],
  ['resend-key', `re_${alnum(8)}_${alnum(24)}`],
  ['mailersend-token', `mlsn.${hex(64)}`],
  ['mailchimp-key', `${hex(32)}-us12`],
  ['mailgun-key', `${hex(32)}-${hex(8)}-${hex(8)}`],
  ['klaviyo-key', `pk_${hex(34)}`],
  ['telegram-token', `${digits(10)}:A${alnum(34)}`],
  ['facebook-token', `${digits(15)}|${alnum(27)}`],
  ['facebook-token', `EAAX${alnum(120)}`],
  ['twitter-token', `${'A'.repeat(22)}${alnum(50)}%2F${alnum(40)}`],
  ['terraform-token', `${alnum(14)}.atlasv1.${alnum(67)}`],
  ['maxmind-key', `${alnum(6)}_${alnum(29)}_mmk`],
  ['azure-secret', `aB38Q~${alnum(34)}`],
  ['nvidia-key', `nvapi-${alnum(64)}`],
  ['elevenlabs-key', `sk_${hex(48)}`],
  ['cerebras-key', `csk-${lower(48)}`],
  ['tavily-key', `tvly-dev-${alnum(32)}`],
  ['firecrawl-key', `fc-${hex(32)}`],
  ['jina-key', `jina_${hex(32)}${alnum(28)}`],
  ['llamacloud-key', `llx-${alnum(48)}`],
  ['asana-token', `1/${digits(16)}:${hex(32)}`],
  ['clickup-token', `pk_${digits(8)}_${upper(32)}`],
  ['trello-token', `ATTA${hex(72)}`],
  ['dropbox-token', `sl.u.${alnum(140)}`],
  ['hubspot-token', `pat-na1-${uuid}`],
  ['salesforce-token', `00D${alnum(15)}!${alnum(96)}`],
  ['zoho-token', `1000.${hex(32)}.${hex(32)}`],
  ['settlemint-token', `sm_pat_${alnum(16)}`],
  ['mapbox-token', `sk.eyJ${alnum(60)}.${alnum(22)}`],
  ['riot-key', `RGAPI-${uuid}`],
  ['typeform-token', `tfp_${alnum(44)}_${alnum(14)}`],
  ['github-token', `ghp_${alnum(20)}_${alnum(15)}`],
  ['github-token', `ghs_123456_${alnum(20)}.${alnum(40)}.${alnum(43)}`],
  ['npm-token', `npm_${alnum(20)}_${alnum(15)}`],
  ['linear-key', `lin_api_${alnum(15)}_${alnum(16)}`],
  ['slack-token', `xoxa-${alnum(9)}`],
  ['slack-token', `xapp-1-A${upper(4)}-12345-a`],
  ['sendgrid-key', `SG.${alnum(18)}.${alnum(20)}`],
  ['terraform-token', `${alnum(14)}.atlasv1.${alnum(30)}=${alnum(33)}`],
  ['telegram-token', `${digits(5)}:A${alnum(34)}`],
  ['test-and-live-key', `live_${alnum(20)}-${alnum(19)}`],
  ['facebook-token', `${digits(15)}%${alnum(30)}`],
  ['azure-key', `${alnum(76)}+AStabcdeA==`],
  ['azure-key', `${alnum(33)}+ASbCabcde=`],
  ['azure-key', `${alnum(42)}+ACRCabcde`],
  ['azure-key', `${alnum(76)}ACDbabcdeA==`],
  ['azure-key', `${alnum(76)}APIMabcdeg==`],
  ['jfrog-token', `APB${'xkcd'.repeat(3)}`],
  ['onepassword-token', `ops_ey${alnum(80)}fQ==`],
  ['azure-key', `${alnum(44)}AzFuabcdeQ==`],
  ['baidu-key', `bce-v3/ALTAK-${alnum(21)}/${hex(40)}`],
  ['zuplo-key', `zpka_${hex(32)}_${hex(8)}`],
  ['persona-key', `persona_sandbox_${uuid}`],
  ['linkedin-secret', `WPL_AP1.${alnum(16)}.${alnum(6)}==`],
  ['socket-token', `sktsec_t_${alnum(40)}_api`],
  ['circle-key', `TEST_API_KEY:${hex(32)}:${hex(32)}`],
  ['wakatime-key', `waka_${uuid}`],
  ['lichess-token', `lip_${alnum(20)}`],
  ['context7-key', `ctx7sk-${uuid}`],
];

test(
  proves('redaction:vendor', 'tokens of vendors are hidden in sentences, JSON, URLs and lists, and nothing else'),
  () => {
    for (const [kind, token] of TOKENS) {
      for (const [before, after] of [
        ['', ''],
        ['saw ', ' today'],
        ['(', ')'],
        ['{"note":"', '","n":1}'],
        ["['", "']"],
        ['https://example.com/cb?x=', '&y=2'],
        ['one,', ', two'],
        ['line\n', '\nline'],
      ] as const) {
        const text = before + token + after;
        assert.equal(redact(text), `${before}[redacted:${kind}]${after}`, text);
      }
    }
  },
);

test('a token one character too short or too long for its kind stays', () => {
  const exact = [
    ['squ_', hex(40)],
    ['oy2', lower(43)],
    ['SCW', upper(17)],
    ['s.', alnum(24)],
    ['nsec1', lower(58)],
    ['cs_', hex(40)],
    ['fc-', hex(32)],
    ['da2-', lower(26)],
    ['NRJS-', hex(19)],
    ['lip_', alnum(20)],
    [`zpka_${hex(32)}_`, hex(8)],
    [`${alnum(42)}+ACR`, 'Cabcde'],
  ] as const;
  for (const [prefix, rest] of exact) {
    assert.notEqual(redact(prefix + rest), prefix + rest);
    for (const text of [prefix + rest.slice(1), `${prefix + rest}a`, `x${prefix}${rest}`])
      assert.equal(redact(text), text);
  }
});

test(proves('redaction:ordinary', 'names, ids and numbers that begin or end like a token stay'), () => {
  for (const text of [
    'test_user_creation_returns_bad_request_for_invalid_input_2',
    'live_updateSubscriptionsOfCustomersInRegion2',
    'const s = r.getElementsByClassNameAndTag2',
    's.getElementsByClassName24',
    'pat-na1-region and sk.eyJ',
    'app-507f1f77bcf86cd799439011',
    'secret-manager-config-map',
    'b_component__element--modifier-with-a-long-name-2x',
    'as-tuple ak-47 md-6 re_export_all_of_them fw_version',
    `${hex(32)}-us`,
    `${hex(32)}-${hex(16)}-01`,
    `${digits(10)}:ABC`,
    '12:30:45 10:AM',
    'a|b|c || d | 100000000000000|200',
    '~/projects Q~A 8Q~short',
    'APEX APPLICATION AP24 APIServer APACHE2 AKC',
    `0x${hex(40)}`,
    '1/2 0/16 2/3/2026 0.5 1000.25',
    'hf_transformer EAAFILE xprv MTime ODT NDArray',
    `pk_live_${alnum(24)}`,
    `npm_config_registry_of_the_team_and_us_2`,
    `${alnum(33)}AbCdAabcde=`,
    `${alnum(74)}ACDbabcdeA==`,
    'APAttributeList APEXTERNALS APCONFIGURATIONS APBbrvtn',
    `xoxb-short lip_service lip_sync_of_the_face waka_waka persona_sandbox_mode sktsec_short`,
    `50%of ${digits(15)}%20a WPL_AP1.short zpka_test`,
    uuid,
    hex(40),
    hex(64),
  ])
    assert.equal(redact(text), text);
});
