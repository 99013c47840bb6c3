import type { Rule } from '../rule.ts';
import { IP_ADDRESSES } from './addresses/ip-address.ts';
import { MAC_ADDRESSES } from './addresses/mac-address.ts';
import { assignment } from './assignments/assignment.ts';
import { element } from './assignments/element.ts';
import { encodedAssignment } from './assignments/encoded-assignment.ts';
import { entry } from './assignments/entry.ts';
import { escapedOperator } from './assignments/escaped-operator.ts';
import { formPart } from './assignments/form-part.ts';
import { jwk } from './assignments/jwk.ts';
import { keyDetail } from './assignments/key-detail.ts';
import { bareKey } from './bare-key.ts';
import { commandFlag } from './commands/command-flag.ts';
import { commandSecret } from './commands/command-secret.ts';
import { curlUser } from './commands/curl-user.ts';
import { REDIS_AUTH } from './commands/redis-auth.ts';
import { sqlInsert } from './commands/sql-insert.ts';
import { SQL_PASSWORDS } from './commands/sql-password.ts';
import { CONNECTION_STRINGS } from './connection-string.ts';
import { email } from './email.ts';
import { ENCODED_KEYS } from './encoded-key.ts';
import { escapes } from './escape.ts';
import { basic, bearer } from './headers/authorization.ts';
import { flatHeader } from './headers/flat-header.ts';
import { jwt } from './jwt.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { iban } from './numbers/iban.ts';
import { identifier } from './numbers/identifier.ts';
import { label } from './numbers/label.ts';
import { paymentCard } from './numbers/payment-card.ts';
import { phone } from './numbers/phone.ts';
import { dialledPhone } from './numbers/phone-dialled.ts';
import { bracketedPhone } from './numbers/phone-in-brackets.ts';
import { spokenSsn } from './numbers/spoken-ssn.ts';
import { privateKey } from './private-key.ts';
import { spokenPassword } from './spoken-password.ts';
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
import {
  base58Wallet,
  bech32Wallet,
  ethereumWallet,
  ledgerAddress,
  ledgerSeed,
  walletKey,
  zcashWallet,
} from './wallets/wallet.ts';

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
  walletKey,
  ledgerAddress,
  ledgerSeed,
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
  keyDetail,
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
