import { codeAt, fromCode, indexOf, lowerCase } from '../intrinsics.ts';

/** From U+00C0 on, and from U+1E00 on: small letters without their accents (Unicode Standard, chapter 3.7, canonical decomposition). */
const LATIN =
  'aaaaaaæceeeeiiiidnooooo×ouuuuyþßaaaaaaæceeeeiiiidnooooo÷ouuuuyþyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiĳĳjjkkkllllllŀŀllnnnnnnnnnooooooœœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs';
const VIETNAMESE =
  'aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyẚſẜẝßẟaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyỻỻỽỽỿỿ';

/** Small letters of Cyrillic and Greek that look like a Latin one, as small letters or as capitals (Unicode Technical Standard #39). */
const ALIKE = 'аеорсухіјѕһԁԛԝӏквмнтαεικοραρυχωβνημτ';
const LATIN_OF = 'aeopcyxijshdqwlkbmhtaeikopapyxwbnhmt';

const FULL_WIDTH = 0xff00;

/** One letter for all that look like it or that differ in case and accents, beyond ASCII. Names and terms are folded alike. */
export function folded(code: number): number {
  if (code < 0xc0) return code;
  if (code < 0x180) return codeAt(LATIN, code - 0xc0);
  if (code >= 0x1e00 && code < 0x1f00) return codeAt(VIETNAMESE, code - 0x1e00);
  if (code > FULL_WIDTH && code < 0xff5f) {
    const ascii = code - FULL_WIDTH + 32;
    return ascii >= 65 && ascii <= 90 ? ascii + 32 : ascii;
  }
  const small = codeAt(lowerCase(fromCode(code)), 0);
  if (small > 0x530) return small;
  const alike = indexOf(ALIKE, fromCode(small), 0);
  return alike < 0 ? small : codeAt(LATIN_OF, alike);
}

/** Whether a unit beyond ASCII may stand in a name: no sign, no space, no mark that nobody sees. */
export function isWideLetter(code: number): boolean {
  if (code < 0xc0) return code === 0xaa || code === 0xb5 || code === 0xba;
  if (code < 0x2000) return code !== 0xd7 && code !== 0xf7 && !(code >= 0x300 && code < 0x370);
  return !(
    code < 0x2070 ||
    (code >= 0x3000 && code <= 0x3004) ||
    (code >= 0x3008 && code <= 0x3020) ||
    code === 0xfeff ||
    (code > FULL_WIDTH && code < 0xff5f && !isAsciiWord(code - FULL_WIDTH + 32)) ||
    (code >= 0xff5f && code < 0xff66)
  );
}

/** The same, and what is written above or between letters and is none: an accent of its own, a joiner. */
export function isInWideName(code: number): boolean {
  return (
    isWideLetter(code) ||
    (code >= 0x300 && code < 0x370) ||
    (code >= 0x200b && code <= 0x200d) ||
    code === 0xad ||
    code === 0xfeff ||
    // Full-width hyphen and low line.
    code === 0xff0d ||
    code === 0xff3f
  );
}

/** A capital, in the scripts that have them. */
export function isWideCapital(code: number): boolean {
  if (code >= 0x530 && (code < 0x1e00 || code >= 0x1f00)) return false;
  const letter = fromCode(code);
  return lowerCase(letter) !== letter;
}

function isAsciiWord(code: number): boolean {
  const letter = code | 32;
  return (code >= 48 && code <= 57) || (letter >= 97 && letter <= 122);
}
