import { ALNUM, DIGITS, type Dice, HEX } from './dice.ts';

/** Texts that hold a secret or a personal value, as services have them. All are made up. */
const MAKERS: readonly [(dice: Dice) => string, ...((dice: Dice) => string)[]] = [
  (dice) => `customer.${dice.text(DIGITS, 5)}@example.com`,
  (dice) => `order confirmed, mail sent to jane.roe${dice.below(1000)}@example.org by the queue`,
  (dice) => `retry payment with card ${dice.pick(['4111 1111 1111 1111', '5555-5555-5555-4444', '378282246310005'])}`,
  (dice) => `Bearer ${dice.text(ALNUM, 40)}`,
  (dice) => `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: dice.text(DIGITS, 8) })}.${dice.text(ALNUM, 43)}`,
  (dice) => `postgres://shop:${dice.text(ALNUM, 14)}@db-${dice.below(9)}.internal:5432/orders?sslmode=require`,
  (dice) => `level=debug msg="login" user=u-${dice.below(9000)} password=${dice.text(ALNUM, 12)} attempt=2`,
  (dice) => `https://api.example.com/v1/geo?api_key=${dice.text(HEX, 32)}&q=harbour`,
  (dice) => `{"grant_type":"client_credentials","client_secret":"${dice.text(ALNUM, 32)}"}`,
  (dice) => `Cookie: theme=dark; session=${dice.text(ALNUM, 32)}`,
  (dice) => `${dice.pick(['sk_live_', 'rk_live_'])}${dice.text(ALNUM, 24)}`,
  (dice) => `transfer to ${dice.pick(['GB29 NWBK 6016 1331 9268 19', 'DE89 3704 0044 0532 0130 00'])} is due`,
  (dice) => `call back at +41 44 668 ${dice.text(DIGITS, 2)} ${dice.text(DIGITS, 2)} in the afternoon`,
];

export function sensitiveText(dice: Dice): string {
  return dice.pick(MAKERS)(dice);
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
