import { alphabet, BASE64 } from '../alphabet.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';

/** A shorter rest says nothing: the first bytes are the same for every key of its kind. */
const SHORTEST_REST = 16;
/** A line of a key that goes on is not shorter, but for the last. */
const SHORTEST_LINE = 32;
const LONGEST_BREAK = 24;

const BREAK = alphabet(' \t\r\n\\"\',+');

/** What base64 makes of the first bytes of a key: up to where the length of an RSA key stands, and behind it. */
const FIXED: readonly string[] = [
  'b3BlbnNzaC1rZXktdjEA', // openssh-key-v1
  'MC4CAQAwBQYDK2Vw', // PKCS #8, Ed25519 and X25519
  'MC4CAQAwBQYDK2Vu',
  'MEcCAQAwBQYDK2Vx', // Ed448
  'MHcCAQEEI', // SEC 1, P-256
  'MIGkAgEBBD', // P-384
  'MIHcAgEBBEI', // P-521
  'MIGHAgEAMBMGByqGSM49', // PKCS #8, P-256
  'MIG2AgEAMBAGByqGSM49', // P-384
  'MIHuAgEAMBAGByqGSM49', // P-521
];
const RSA = 'MII';
const BEHIND_LENGTH: readonly string[] = ['IBAAKCA', 'IBADANBgkqhkiG9w0B'];

/** A key without its first line: one line of many in a log, a value of a setting that leaves the armour out. */
export const bareKey: Rule = {
  kind: 'private-key',
  what: 'Private keys in base64 without their armour: by the first bytes of OpenSSH, PKCS #1, PKCS #8 and SEC 1',
  source: 'RFC 5958 section 2, RFC 8017 appendix A.1.2, RFC 5915 section 3, RFC 8410 section 7, OpenSSH PROTOCOL.key',
  anchors: [RSA, ...FIXED],
  match(view, at) {
    const known = knownEnd(view, at);
    if (known < 0) return undefined;
    let to = view.runEnd(BASE64, at);
    if (to - known < SHORTEST_REST) return undefined;
    for (let line = nextLine(view, to); line >= 0; line = nextLine(view, to)) {
      const end = view.runEnd(BASE64, line);
      if (end - line < SHORTEST_LINE) return [{ from: at, to: isLastLine(view, line, end) ? end : to }];
      to = end;
    }
    return [{ from: at, to }];
  },
};

function knownEnd(view: View, at: number): number {
  for (let index = 0; index < FIXED.length; index++) {
    const head = FIXED[index] ?? '';
    if (view.startsWith(head, at)) return at + head.length;
  }
  if (!view.startsWith(RSA, at)) return -1;
  for (let index = 0; index < BEHIND_LENGTH.length; index++) {
    const head = BEHIND_LENGTH[index] ?? '';
    if (view.startsWith(head, at + 6)) return at + 6 + head.length;
  }
  return -1;
}

/** Behind a line break, also a written one, and its indent; -1 where no base64 goes on there. */
function nextLine(view: View, from: number): number {
  let index = from;
  let broken = false;
  while (index - from < LONGEST_BREAK && index < view.end) {
    const code = view.code(index);
    const written = code === BACKSLASH && (view.code(index + 1) === LETTER_N || view.code(index + 1) === LETTER_R);
    if (written || code === LINE_FEED) broken = true;
    else if (!view.isIn(BREAK, index)) break;
    index += written ? 2 : 1;
  }
  return broken && index > from && view.isIn(BASE64, index) ? index : -1;
}

/** Padded, or at the end of the text: else it is a word of what follows. */
function isLastLine(view: View, from: number, to: number): boolean {
  return to === view.end || view.code(to - 1) === EQUALS || to - from >= SHORTEST_REST;
}

const LINE_FEED = 10;
const EQUALS = 61;
const BACKSLASH = 92;
const LETTER_N = 110;
const LETTER_R = 114;
