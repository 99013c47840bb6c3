import { alphabet } from '../alphabet.ts';
import type { Rule, Span } from '../rule.ts';
import type { View } from '../view.ts';
import { isSpace } from './separators.ts';
import { isStandIn } from './stand-in.ts';

/** UTF-16 code units between the kind of a manifest and its data, on either side. */
const LONGEST_MANIFEST = 2048;
const KEY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-."\'/');
const AROUND = alphabet(' "\'');
const BLOCK = alphabet('|>');

/** The values under `data` and `stringData` of a YAML document whose `kind` is `Secret`, wherever the kind stands. */
export const kubernetesSecret: Rule = {
  kind: 'kubernetes-secret',
  what: 'Values of a Kubernetes secret in YAML; their keys stay',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  anchors: ['kind', 'data', 'stringData'],
  match(view, at) {
    if (view.startsWith('kind', at)) {
      if (view.code(at + 4) === COLON) {
        view.manifest.at = isSecret(view, at + 5) ? at : -1;
        view.manifest.to = at;
      }
      return undefined;
    }
    const colon = at + (view.code(at) === LETTER_S ? 10 : 4);
    if (view.code(colon) !== COLON || !isBlank(view, colon + 1)) return undefined;
    const indent = indentOf(view, at);
    if (indent < 0) return undefined;
    const isIt = isSecretBehind(view, at) ?? isSecretBefore(view, at);
    return isIt ? valuesOf(view, colon + 1, indent) : undefined;
  },
};

/** What the kind says that follows in the same document; undefined where none does. */
function isSecretBehind(view: View, at: number): boolean | undefined {
  const known = view.manifest;
  const isKnown = at >= known.from && at < known.end;
  if (isKnown && known.ahead !== undefined) return known.ahead;
  let index = isKnown ? known.end : at;
  if (!isKnown) known.from = at;
  known.ahead = undefined;
  while (index < view.end && index - at < LONGEST_MANIFEST) {
    index = lineEnd(view, index) + 1;
    let first = index;
    while (isSpace(view.code(first)) || (view.code(first) === DASH && isSpace(view.code(first + 1)))) first++;
    if (view.startsWith('kind:', first)) known.ahead = isSecret(view, first + 5);
    // The next document, or the next of a list.
    else if (!view.startsWith('---', first) && !view.startsWith('apiVersion:', first)) continue;
    break;
  }
  known.end = index;
  return known.ahead;
}

/** The kind of a secret stands before, in the same document. Reads on from where it stopped before. */
function isSecretBefore(view: View, at: number): boolean {
  const known = view.manifest;
  if (known.at < 0 || at - known.at > LONGEST_MANIFEST) return false;
  for (; known.to < at; known.to++) {
    if (view.code(known.to) === LINE_FEED && view.startsWith('---', known.to + 1)) {
      known.at = -1;
      return false;
    }
  }
  return true;
}

function isSecret(view: View, from: number): boolean {
  let index = from;
  while (index - from < 8 && view.isIn(AROUND, index)) index++;
  if (!view.startsWith('Secret', index) && !view.startsWith('secret', index)) return false;
  const end = index + 6;
  return !view.isIn(KEY, end) || view.isIn(AROUND, end);
}

/** Nothing more stands on the line. */
function isBlank(view: View, from: number): boolean {
  let index = from;
  while (index - from < 64 && isSpace(view.code(index))) index++;
  return view.code(index) === LINE_FEED || view.code(index) === RETURN;
}

/** Columns before the first thing of a line; -1 where something else stands before it. */
function indentOf(view: View, at: number): number {
  let index = at;
  while (at - index < 32 && isSpace(view.code(index - 1))) index--;
  return index === 0 || view.code(index - 1) === LINE_FEED ? at - index : -1;
}

/** The values on the lines that are indented further than `indent`. */
function valuesOf(view: View, from: number, indent: number): readonly Span[] | undefined {
  const spans: Span[] = [];
  let index = lineEnd(view, from) + 1;
  while (index < view.end) {
    let key = index;
    while (isSpace(view.code(key))) key++;
    const isEmpty = view.code(key) === LINE_FEED || view.code(key) === RETURN;
    if (!isEmpty && key - index <= indent) break;
    let behind = key;
    while (view.isIn(KEY, behind)) behind++;
    let value = key;
    if (behind > key && view.code(behind) === COLON) {
      value = behind + 1;
      while (isSpace(view.code(value))) value++;
    }
    let to = lineEnd(view, value);
    index = to + 1;
    if (value > key && view.isIn(BLOCK, value)) continue;
    while (to > value && view.code(to - 1) <= SPACE) to--;
    if (to - value > 1 && isQuote(view.code(value)) && view.code(to - 1) === view.code(value)) {
      value++;
      to--;
    }
    if (to > value && view.code(value) !== HASH && !isStandIn(view, value, to))
      spans[spans.length] = { from: value, to };
  }
  return spans.length === 0 ? undefined : spans;
}

function lineEnd(view: View, from: number): number {
  let index = from;
  while (index < view.end && view.code(index) !== LINE_FEED) index++;
  return index;
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39;
}

const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;
const DASH = 45;
const COLON = 58;
const LETTER_S = 115;
