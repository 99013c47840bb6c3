import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps what the store holds of sign-ins from whoever reads the store or a copy of it: codes and tokens stand in it.
 * AES-256-GCM under a key of its own for each text, so that no number of texts wears the key out.
 */
export interface Sealing {
  /** `place` names where it lies: what is sealed for one place cannot be opened at another. */
  seal(place: string, value: unknown): string;
  /** Throws where it was changed, moved, or sealed with another secret. */
  open(place: string, sealed: string): unknown;
}

/** `key`: 32 bytes. */
export function createSealing(key: Buffer): Sealing {
  const keyFor = (salt: Buffer) => createHmac('sha256', key).update(salt).digest();
  return {
    seal(place, value) {
      const salt = randomBytes(SALT_BYTES);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyFor(salt), nonce).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([salt, nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    open(place, sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      const [salt, nonce, tag, text] = split(bytes, [SALT_BYTES, NONCE_BYTES, TAG_BYTES]);
      const decipher = createDecipheriv('aes-256-gcm', keyFor(salt), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
      return JSON.parse(Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'));
    },
  };
}

function split(bytes: Buffer, [a, b, c]: [number, number, number]): [Buffer, Buffer, Buffer, Buffer] {
  return [bytes.subarray(0, a), bytes.subarray(a, a + b), bytes.subarray(a + b, a + b + c), bytes.subarray(a + b + c)];
}
