import type { Rule } from '../rule.ts';
import { IP_ADDRESSES } from './addresses/ip-address.ts';
import { MAC_ADDRESSES } from './addresses/mac-address.ts';
import { assignment } from './assignment.ts';
import { basic, bearer } from './authorization.ts';
import { bareKey } from './bare-key.ts';
import { commandFlag } from './command-flag.ts';
import { commandSecret } from './command-secret.ts';
import { CONNECTION_STRINGS } from './connection-string.ts';
import { curlUser } from './curl-user.ts';
import { element } from './element.ts';
import { email } from './email.ts';
import { encodedAssignment } from './encoded-assignment.ts';
import { ENCODED_KEYS } from './encoded-key.ts';
import { entry } from './entry.ts';
import { escapes } from './escape.ts';
import { escapedOperator } from './escaped-operator.ts';
import { flatHeader } from './flat-header.ts';
import { formPart } from './form-part.ts';
import { iban } from './iban.ts';
import { identifier } from './identifier.ts';
import { jwk } from './jwk.ts';
import { jwt } from './jwt.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { label } from './label.ts';
import { paymentCard } from './payment-card.ts';
import { phone } from './phone.ts';
import { dialledPhone } from './phone-dialled.ts';
import { bracketedPhone } from './phone-in-brackets.ts';
import { privateKey } from './private-key.ts';
import { REDIS_AUTH } from './redis-auth.ts';
import { spokenPassword } from './spoken-password.ts';
import { spokenSsn } from './spoken-ssn.ts';
import { sqlInsert } from './sql-insert.ts';
import { SQL_PASSWORDS } from './sql-password.ts';
import { BUILDS } from './tokens/builds.ts';
import { CLOUD } from './tokens/cloud.ts';
import { CODE_HOSTING } from './tokens/code-hosting.ts';
import { DATA_STORES } from './tokens/data-stores.ts';
import { IDENTITY } from './tokens/identity.ts';
import { MARKED } from './tokens/marked.ts';
import { MESSAGING } from './tokens/messaging.ts';
import { MODELS } from './tokens/models.ts';
import { OBSERVABILITY } from './tokens/observability.ts';
import { PASSWORD_HASHES } from './tokens/password-hashes.ts';
import { PAYMENT } from './tokens/payment.ts';
import { PLATFORMS } from './tokens/platforms.ts';
import { type TokenFormat, tokenRule } from './tokens/token-format.ts';
import { WORK } from './tokens/work.ts';
import { encodedUrlCredentials, urlCredentials } from './url-credentials.ts';
import { base58Wallet, bech32Wallet, ethereumWallet, zcashWallet } from './wallets/wallet.ts';

const TOKENS: readonly TokenFormat[] = [
  ...CODE_HOSTING,
  ...BUILDS,
  ...CLOUD,
  ...PLATFORMS,
  ...DATA_STORES,
  ...IDENTITY,
  ...PASSWORD_HASHES,
  ...OBSERVABILITY,
  ...PAYMENT,
  ...MESSAGING,
  ...MODELS,
  ...WORK,
];

/** Every rule, in the order in which they are asked at one anchor; the first that finds something there is taken. */
export const RULES: readonly Rule[] = [
  curlUser,
  commandSecret,
  kubernetesSecret,
  ...CONNECTION_STRINGS,
  email,
  paymentCard,
  iban,
  identifier,
  phone,
  dialledPhone,
  bracketedPhone,
  ...MAC_ADDRESSES,
  ...IP_ADDRESSES,
  base58Wallet,
  zcashWallet,
  bech32Wallet,
  ethereumWallet,
  jwt,
  bearer,
  basic,
  urlCredentials,
  encodedUrlCredentials,
  privateKey,
  bareKey,
  jwk,
  assignment,
  commandFlag,
  label,
  encodedAssignment,
  escapedOperator,
  element,
  formPart,
  entry,
  flatHeader,
  ...SQL_PASSWORDS,
  sqlInsert,
  spokenPassword,
  spokenSsn,
  ...REDIS_AUTH,
  ...ENCODED_KEYS,
  ...MARKED,
  ...TOKENS.map(tokenRule),
];

/** The same with what only notes something for them. */
export const ASKED: readonly Rule[] = [...RULES, escapes];
