import type { Rule } from '../rule.ts';
import { assignment } from './assignment.ts';
import { basic, bearer } from './authorization.ts';
import { commandFlag } from './command-flag.ts';
import { email } from './email.ts';
import { jwt } from './jwt.ts';
import { paymentCard } from './payment-card.ts';
import { privateKey } from './private-key.ts';
import { BUILDS } from './tokens/builds.ts';
import { CLOUD } from './tokens/cloud.ts';
import { CODE_HOSTING } from './tokens/code-hosting.ts';
import { DATA_STORES } from './tokens/data-stores.ts';
import { IDENTITY } from './tokens/identity.ts';
import { MARKED } from './tokens/marked.ts';
import { MESSAGING } from './tokens/messaging.ts';
import { MODELS } from './tokens/models.ts';
import { OBSERVABILITY } from './tokens/observability.ts';
import { PAYMENT } from './tokens/payment.ts';
import { PLATFORMS } from './tokens/platforms.ts';
import { type TokenFormat, tokenRule } from './tokens/token-format.ts';
import { WORK } from './tokens/work.ts';
import { urlCredentials } from './url-credentials.ts';

const TOKENS: readonly TokenFormat[] = [
  ...CODE_HOSTING,
  ...BUILDS,
  ...CLOUD,
  ...PLATFORMS,
  ...DATA_STORES,
  ...IDENTITY,
  ...OBSERVABILITY,
  ...PAYMENT,
  ...MESSAGING,
  ...MODELS,
  ...WORK,
];

/** Every rule, in the order in which they are asked at one anchor; the first that finds something there is taken. */
export const RULES: readonly Rule[] = [
  email,
  paymentCard,
  jwt,
  bearer,
  basic,
  urlCredentials,
  privateKey,
  assignment,
  commandFlag,
  ...MARKED,
  ...TOKENS.map(tokenRule),
];
