import type { Rule } from '../rule.ts';
import { assignment } from './assignment.ts';
import { basic, bearer } from './authorization.ts';
import { commandFlag } from './command-flag.ts';
import { email } from './email.ts';
import { jwt } from './jwt.ts';
import { paymentCard } from './payment-card.ts';
import { privateKey } from './private-key.ts';
import { CLOUD } from './tokens/cloud.ts';
import { CODE_HOSTING } from './tokens/code-hosting.ts';
import { MESSAGING } from './tokens/messaging.ts';
import { MODELS } from './tokens/models.ts';
import { PAYMENT } from './tokens/payment.ts';
import { type TokenFormat, tokenRule } from './tokens/token-format.ts';
import { urlCredentials } from './url-credentials.ts';

const TOKENS: readonly TokenFormat[] = [...CODE_HOSTING, ...CLOUD, ...PAYMENT, ...MESSAGING, ...MODELS];

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
  ...TOKENS.map(tokenRule),
];
