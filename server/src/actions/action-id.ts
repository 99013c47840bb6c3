/** Crockford's base 32 in lower case: sorts like the numbers that it stands for. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Bytes for one id, of which 5 bits each are used: 80 random bits. */
const RANDOM = 16;
const DRAWN_FOR = 64;

/**
 * Ids that sort by time and, within a process, by the order in which they were made; 80 random bits behind that make them
 * unguessable. Without `:`, which job ids of the queue may not have. `randomBytes` like that of node:crypto.
 */
export function createActionIds(now: () => number, randomBytes: (size: number) => Uint8Array): () => string {
  // Drawn for many ids at a time: each draw is a system call.
  let pool: Uint8Array = new Uint8Array(0);
  let drawn = 0;
  const draw = (): Uint8Array => {
    if (drawn === pool.length) {
      pool = randomBytes(RANDOM * DRAWN_FOR);
      drawn = 0;
    }
    drawn += RANDOM;
    return pool.subarray(drawn - RANDOM, drawn);
  };
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
    let random = '';
    for (const byte of draw()) random += ALPHABET[byte & 31];
    return `act_${digits(last, 10)}${digits(made, 2)}${random}`;
  };
}

function digits(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = `${ALPHABET[rest % 32]}${text}`;
  return text;
}
