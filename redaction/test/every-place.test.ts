import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotAt } from '../src/beginnings.ts';
import { createNameMatcher } from '../src/names/name-matcher.ts';
import type { Rule } from '../src/rule.ts';
import { assignment } from '../src/rules/assignments/assignment.ts';
import { jwk } from '../src/rules/assignments/jwk.ts';
import { commandFlag } from '../src/rules/commands/command-flag.ts';
import { commandSecret } from '../src/rules/commands/command-secret.ts';
import { curlUser } from '../src/rules/commands/curl-user.ts';
import { kubernetesSecret } from '../src/rules/kubernetes-secret.ts';
import { RULES } from '../src/rules/table.ts';
import { isRandom } from '../src/rules/tokens/token-format.ts';
import { View } from '../src/view.ts';
import { ADVERSARIAL } from './adversarial.ts';
import { createPick } from './pick.ts';

// What a view remembers of a text, and a rule of what it read last, spares reading again. It must never be what makes a
// rule find something, or nothing.

/** What these find depends on what they have noted before, which is meant. */
const NOTING: readonly Rule[] = [assignment, commandFlag, commandSecret, curlUser, jwk, kubernetesSecret];
const ASKED = RULES.filter((rule) => !NOTING.includes(rule));

const PIECES = [
  [
    ...['0', '1', 'a', 'F', '00', '2001', 'db8', 'abcdef12:', 'xab:', 'ip:', ':', ':', '::', '%3A', '%3A%3A', '-', '.'],
    ...[
      '00:00:5e:00:53:af',
      '2001:db8::1',
      '00%3A00%3A5e%3A00%3A53%3Aaf',
      'fe80::1%eth0',
      '192.0.2.7',
      '/64',
      '[',
      ' ',
    ],
    ...['0000.5e00.53af', '1:2:', ':A', '1:2:abcdef12:00:00:5e:00:53:af'],
  ],
  [
    ...[
      '4111',
      '1111',
      ' 4111 1111 1111 1111',
      '5555-5555-5555-4444',
      '378282246310005',
      '4000 0566 5566 5556 ',
      '12345',
    ],
    ...[' ', ' ', '-', '.', '1', '0', '+41 44 668 18 00', ' 3782 822463 10005', '_', 'x'],
  ],
  [
    ...[
      'pa-',
      'pa-',
      'sk-',
      'aB3dE5fG7hJ9',
      'kL1mN3pQ5rS7tU9vW2',
      'abcdefghijklmnop',
      '-us1',
      ':A',
      'Q~',
      '_',
      ' ',
      '-',
    ],
    ...['key', 'A', 'b', '9'],
  ],
  ADVERSARIAL,
];

function isAsked({ anchors, behind, beginnings, shortest }: Rule, text: string, at: number): boolean {
  if (beginnings !== undefined || shortest !== undefined) return /[0-9A-Za-z]/.test(text[at] ?? '');
  const isBehind = behind === undefined || behind.has[text.charCodeAt(at - 1)] === 1;
  return isBehind && anchors.some((anchor) => text.startsWith(anchor, at));
}

/** What each rule says at each place where it is asked; `again`: of a text that is opened anew for each. */
function answers(view: View, text: string, again: boolean): { said: ReturnType<Rule['match']>; of: string }[] {
  const all: { said: ReturnType<Rule['match']>; of: string }[] = [];
  view.open(text, text.length);
  for (let at = 0; at < text.length; at++) {
    for (const rule of ASKED) {
      if (!isAsked(rule, text, at)) continue;
      if (again) {
        view.close();
        view.open(text, text.length);
      }
      all.push({ said: rule.match(view, at, slotAt(text, at, text.length)), of: `${rule.what} at ${at}` });
    }
  }
  view.close();
  return all;
}

test('a rule says at each place what it says where nothing was read before', () => {
  const pick = createPick(3);
  const view = new View(createNameMatcher([]));
  let found = 0;
  for (let count = 0; count < 400; count++) {
    const pieces = pick(PIECES);
    const text = Array.from({ length: pick([4, 8, 16]) }, () => pick(pieces)).join('');
    const remembered = answers(view, text, false);
    const expected = answers(view, text, true);
    assert.equal(remembered.length, expected.length);
    for (const [index, { said, of }] of expected.entries()) {
      assert.deepEqual(remembered[index], { said, of }, JSON.stringify(text));
      if (said !== undefined) found++;
    }
  }
  assert.ok(found > 100);
});

test('whether a stretch is random is told the same when one was looked at that begins before it', () => {
  const pick = createPick(4);
  const view = new View(createNameMatcher([]));
  for (let count = 0; count < 100; count++) {
    const text = Array.from({ length: 150 }, () => pick([...'aaaaaaabcB1-'])).join('');
    const stretches = Array.from({ length: 100 }, (_, at) => [at, at + pick([10, 40, 50, 100])] as const);
    view.open(text, text.length);
    const remembered = stretches.map(([from, to]) => isRandom(view, from, to));
    const expected = stretches.map(([from, to]) => {
      view.open(text, text.length);
      return isRandom(view, from, to);
    });
    assert.deepEqual(remembered, expected, text);
    assert.ok(expected.includes(true) && expected.includes(false));
  }
});
