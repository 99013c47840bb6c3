import { alphabet, BASE64 } from '../alphabet.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';

/** `-----BEGIN ENCRYPTED PRIVATE KEY-----`: characters of a label, with room. */
const LONGEST_LABEL = 64;
/** White space, written line breaks and quotes between the first line and the first character of the key. */
const LONGEST_GAP = 32;
/** Before the first line where each one has something before it, and how long such a line is (RFC 7468: 64). */
const LONGEST_LEAD = 160;
const SHORTEST_LINE = 40;

/** What a key block is made of when its end is missing: base64, header lines, white space, and pieces of source code. */
const BODY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=-:,.() \t\r\n\\"\'`');
const GAP = alphabet(' \t\r\n\\nr"\'`+,');

export const privateKey: Rule = {
  kind: 'private-key',
  what: 'Private keys in PEM, OpenSSH, SSH2 and PGP armour, also cut off before their end and with written line breaks',
  source: 'RFC 7468 sections 10 and 11, RFC 4716, RFC 9580 section 6.2, OpenSSH PROTOCOL.key',
  anchors: ['----'],
  match(view, at) {
    // Four dashes in SSH2 files, five elsewhere; only the first dash of a run is the anchor.
    if (view.code(at - 1) === DASH) return undefined;
    let label = at + 4;
    if (view.code(label) === DASH) label++;
    if (view.code(label) === SPACE) label++;
    if (!view.startsWith('BEGIN', label)) return undefined;
    const labelEnd = endOfLabel(view, label);
    if (labelEnd < 0 || !holdsPrivateKey(view, label, labelEnd)) return undefined;
    let body = labelEnd;
    while (view.code(body) === DASH) body++;
    const gapEnd = body + LONGEST_GAP;
    while (body < gapEnd && view.isIn(GAP, body) && !isKeyText(view, body)) body++;
    if (!view.isIn(BASE64, body) || view.startsWith('END ', body)) {
      const line = firstLine(view, body);
      return line < 0 ? undefined : [{ from: at, to: endOfKey(view, line) }];
    }
    return [{ from: at, to: endOfKey(view, body) }];
  },
};

/** Index of the dash behind the label. */
function endOfLabel(view: View, from: number): number {
  for (let index = from; index - from < LONGEST_LABEL; index++) {
    const code = view.code(index);
    if (code === DASH && view.code(index + 1) === DASH) return index;
    if (code < 32) return -1;
  }
  return -1;
}

/** With a space between the words, or with what stands for one in a form or a URL. */
function holdsPrivateKey(view: View, from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    if (!view.startsWith('PRIVATE', index)) continue;
    const gap = view.code(index + 7) === PERCENT ? 3 : 1;
    if (view.startsWith('KEY', index + 7 + gap)) return true;
  }
  return false;
}

/**
 * Where a line of the key begins behind what a log, a quotation, a page or a URL puts before each line; -1 where none
 * does nearby, as where a program only looks for the first line of a key.
 */
function firstLine(view: View, from: number): number {
  for (let index = from; index - from < LONGEST_LEAD && index < view.end; index++) {
    if (!view.isIn(BASE64, index)) continue;
    const end = view.runEnd(BASE64, index);
    if (end - index >= SHORTEST_LINE) return index;
    index = end;
  }
  return -1;
}

/** `n` and `r` are part of a written line break only behind a backslash; else the key has begun. */
function isKeyText(view: View, at: number): boolean {
  const code = view.code(at);
  if (code === LETTER_N || code === LETTER_R) return view.code(at - 1) !== BACKSLASH;
  // A plus joins two strings only with white space or a quote before it.
  return code === PLUS && view.isIn(BASE64, at - 1);
}

/** Behind the line that ends the key; where there is none, behind all that could still be key. */
function endOfKey(view: View, body: number): number {
  let end = view.next('END', body);
  // Three letters stand in base64, too.
  while (end >= 0 && !isEndMark(view, end)) end = view.next('END', end + 3);
  if (end < 0) return view.runEnd(BODY, body);
  const labelEnd = endOfLabel(view, end);
  if (labelEnd < 0) return view.runEnd(BODY, body);
  let to = labelEnd;
  while (view.code(to) === DASH) to++;
  return to;
}

function isEndMark(view: View, at: number): boolean {
  const before = view.code(at - 1);
  const after = view.code(at + 3);
  return (before === DASH || before === SPACE) && (after === SPACE || after === PLUS || after === PERCENT);
}

const SPACE = 32;
const PERCENT = 37;
const PLUS = 43;
const DASH = 45;
const BACKSLASH = 92;
const LETTER_N = 110;
const LETTER_R = 114;
