import { createRedactor, TEXT_LOOKAHEAD } from '@borescope/redaction';
import { createCapturer } from '../../../agent-node/src/capture/capture.ts';
import { requestOf } from './capture-request.ts';
import { makeLocals } from './captured-values.ts';
import { createDice } from './dice.ts';

export interface Texts {
  readonly texts: readonly string[];
  /** Of them in UTF-8. */
  readonly bytes: number;
}

/**
 * The texts that the redactor is asked for while hits of such data are captured, as many as make up `bytes`. Values
 * under names that hide them are not among them, as in the agent.
 */
export function textsOfHits(seed: number, share: number, bytes: number): Texts {
  const dice = createDice(seed);
  const redactor = createRedactor({});
  const texts: string[] = [];
  let sum = 0;
  const capturer = createCapturer({
    redactor: {
      ...redactor,
      text(text, shown = text.length) {
        // Made anew by way of its bytes: a text that is still in parts would be put together in the first measurement.
        const seen = Buffer.from(text.slice(0, shown + TEXT_LOOKAHEAD)).toString();
        texts.push(seen);
        sum += Buffer.byteLength(seen);
        return redactor.text(text, shown);
      },
    },
    now: () => performance.now() * 1000,
  });
  while (sum < bytes) capturer.capture(requestOf(makeLocals(dice, share)));
  return { texts, bytes: sum };
}
