/** Crockford's base 32 in lower case: sorts like the numbers that it stands for. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Ids that sort by time and, within a process, by the order in which they were made; 80 random bits behind that make them
 * unguessable. Without `:`, which job ids of the queue may not have. `randomBytes` like that of node:crypto.
 */
export function createActionIds(now: () => number, randomBytes: (size: number) => Uint8Array): () => string {
  let last = 0;
  let made = 0;
  return () => {
    // A clock that steps back must not make ids that sort before those that are there.
    const time = Math.max(now(), last);
    made = time === last ? made + 1 : 0;
    last = time;
    if (made === 1024) {
      last = time + 1;
      made = 0;
    }
    // 16 characters of 5 bits.
    const random = Array.from(randomBytes(16), (byte) => ALPHABET[byte & 31]).join('');
    return `act_${digits(last, 10)}${digits(made, 2)}${random}`;
  };
}

function digits(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = `${ALPHABET[rest % 32]}${text}`;
  return text;
}
