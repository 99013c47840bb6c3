import { fromCode } from '../intrinsics.ts';
import type { View } from '../view.ts';

/** The bytes of base64 or base64url text as Latin-1, at most `most` of them; undefined where it is none. */
export function decodeBase64(view: View, from: number, to: number, most: number): string | undefined {
  let out = '';
  let bits = 0;
  let held = 0;
  for (let index = from; index < to && out.length < most; index++) {
    const code = view.code(index);
    if (code === EQUALS) break;
    const value = sextet(code);
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += fromCode((held >> bits) & 0xff);
    }
  }
  return out;
}

function sextet(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43 || code === 45) return 62;
  return code === 47 || code === 95 ? 63 : -1;
}

const EQUALS = 61;
