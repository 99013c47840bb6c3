import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRedactor, MOST_FINDINGS, TEXT_LIMIT, TEXT_LOOKAHEAD } from '@borescope/redaction';
import { ADVERSARIAL } from './adversarial.ts';

const redactor = createRedactor({});
const SECRET = 'anna@example.com';

test('a text of 1 MiB is looked at to its last character', () => {
  const text = 'x '.repeat(TEXT_LIMIT / 2 - 8) + SECRET;
  assert.equal(text.length, TEXT_LIMIT);
  assert.ok(redactor.text(text)?.text.endsWith(' [redacted:email]'));
});

test('what stands behind the limit is never shown', () => {
  const found = redactor.text(`${'x '.repeat(TEXT_LIMIT / 2)}clean? password=abc`);
  assert.ok(found?.text.endsWith('x [redacted:unexamined]'));
  assert.equal(found?.whole, false);
  const enormous = redactor.text('x'.repeat(10_000_000));
  assert.equal(enormous?.text.length, TEXT_LIMIT + '[redacted:unexamined]'.length);
});

test('what stands behind too many findings is never shown', () => {
  const many = (count: number) => `${SECRET}\n`.repeat(count);
  const just = redactor.text(`${many(MOST_FINDINGS)}and plain`);
  assert.equal(just?.findings.length, MOST_FINDINGS);
  assert.ok(just?.text.endsWith('[redacted:email]\nand plain'));

  const found = redactor.text(`${many(MOST_FINDINGS + 1)}and plain`);
  const head = '[redacted:email]\n'.repeat(MOST_FINDINGS).trimEnd();
  assert.equal(found?.text, `${head}[redacted:unexamined]`);
  assert.equal(found?.findings.length, MOST_FINDINGS + 1);
  assert.equal(redactor.text(found.text), undefined);
  const beyond = redactor.text(many(TEXT_LIMIT / 16));
  assert.equal(beyond?.text, found.text, 'also where the text is longer than what is looked at');

  const source = redactor.source(`${many(MOST_FINDINGS + 1)}and plain`);
  assert.equal(source, `${head}[redacted:unexamined]${'\n[redacted:unexamined]'.repeat(2)}`);
});

test('what stands behind too many findings of a policy is never shown', () => {
  const text = `${'ab '.repeat(MOST_FINDINGS + 1)}and plain`;
  const shown = /^(\[redacted:policy-\w+\] ){4095}\[redacted:policy-\w+\]\[redacted:unexamined\]$/;
  assert.match(createRedactor({ literals: ['ab'] }).text(text)?.text ?? '', shown);
  const find = (all: string) =>
    Array.from({ length: MOST_FINDINGS + 1 }, (_, at) => ({ from: at * 3, to: at * 3 + 2, kind: 'policy-a' })).filter(
      ({ to }) => to <= all.length,
    );
  assert.match(createRedactor({ find }).text(text)?.text ?? '', shown);
  const whole = createRedactor({ find: () => [{ from: 0, to: 17 * MOST_FINDINGS + 17, kind: 'policy-a' }] });
  const behind = whole.text(`${`${SECRET}\n`.repeat(MOST_FINDINGS + 1)}and ${SECRET}`);
  assert.equal(behind?.text, '[redacted:email]', 'one of them may take in all that was found');
});

test('a caller that shows only the head gets only the head, and a secret that the cut would run through is hidden', () => {
  const token = `ghp_${'a1'.repeat(18)}`;
  assert.equal(
    redactor.text(`${'-'.repeat(20)}${token} more ${SECRET}`, 30)?.text,
    `${'-'.repeat(20)}[redacted:github-token]`,
  );
  assert.equal(redactor.text(`${'-'.repeat(20)} ${SECRET}`, 10), undefined);
  assert.equal(redactor.text(`${SECRET} ${'x'.repeat(100)}`, 20)?.text, '[redacted:email] xxx');
  const key = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(10_000)}`;
  assert.equal(redactor.text(key, 100)?.text, '[redacted:private-key]');
  const found = redactor.text(`a ${'https://u:'}${'p'.repeat(TEXT_LOOKAHEAD)}@host`, 50);
  assert.equal(found, undefined, 'user info of more than 1,024 units is beyond what is looked for');
});

test('two values that are cut at the same place are not told equal', () => {
  const keyed = createRedactor({ pseudonym: () => 'same' });
  const head = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(2000)}`;
  assert.equal(keyed.text(head, 100)?.findings[0]?.pseudonym, undefined);
  assert.equal(keyed.text(head)?.findings[0]?.pseudonym, 'same');
});

test('no string makes it throw, and what it gives back is a fixed point', () => {
  const strange = [
    '',
    '\u0000',
    '\ud800',
    '\udfff@\ud800.com',
    'password=\ud800',
    '"password":"\u0000"',
    '\ufeffpassword: x',
    '‮password=abc',
  ];
  for (const piece of [...strange, ...ADVERSARIAL]) {
    for (const text of [piece, piece.repeat(50), `${piece}password="`, `\ud83d${piece}`]) {
      const once = redactor.text(text)?.text ?? text;
      assert.equal(redactor.text(once), undefined, JSON.stringify(text.slice(0, 80)));
    }
  }
});

test('every prefix and suffix of a text with secrets can be handed over', () => {
  const text = `{"password":"a\\"b","u":"https://a:b@c/","h":"Authorization: Bearer abcdef12345","m":"${SECRET}","c":"4111 1111 1111 1111"} Cookie: a=b; c=d\n--token x`;
  for (let cut = 0; cut <= text.length; cut++) {
    redactor.text(text.slice(0, cut));
    redactor.text(text.slice(cut));
    redactor.text(text, cut);
  }
});

test('no regular expression runs in the application, where it would change RegExp.$1', () => {
  /(\w+)/.exec('before');
  redactor.text(`password=abc ${SECRET} Bearer abcdef12345678 eyJhbGciOiJub25lIn0.e30. 4111111111111111 https://a:b@c`);
  redactor.name('customerPassword');
  assert.equal(RegExp.$1, 'before');
});

test('an application that replaces what the language brings changes nothing', () => {
  const { charCodeAt, slice } = String.prototype;
  try {
    String.prototype.charCodeAt = () => 0;
    String.prototype.slice = () => 'evil';
    assert.equal(redactor.text(`to ${SECRET}`)?.findings.length, 1);
  } finally {
    String.prototype.charCodeAt = charCodeAt;
    String.prototype.slice = slice;
  }
});

/** A literal stands where a value may begin, and nothing else does that begins with a slash, but for comments. */
const LITERAL = /(?:[(,=:[!&|?{;]|=>|\b(?:return|typeof|case|in|of))\s*\/(?![/*])/g;
const CALL = /\bRegExp\b|\.(?:match|matchAll|replace|replaceAll|search|test|exec)\(/g;

test('the package has no regular expression, also none that runs only while it is loaded, and depends on nothing', () => {
  const root = join(import.meta.dirname, '..');
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok(typeof manifest === 'object' && manifest !== null && !('dependencies' in manifest));
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  assert.ok(sources.length > 20);
  for (const name of sources) {
    const lines = readFileSync(join(root, 'src', name), 'utf8').split('\n');
    const read = lines.filter((line) => !/^\s*(\/\/|\/\*|\*)/.test(line)).join('\n');
    const code = read.replaceAll(/'(?:\\.|[^'\\\n])*'/g, "''");
    const found = [...(code.match(LITERAL) ?? []), ...(code.match(CALL) ?? [])];
    // `rule.match(view, at)` is a rule's own function.
    assert.deepEqual(
      found.filter((call) => !(call === '.match(' && name === 'scanner.ts')),
      [],
      name,
    );
  }
});

test('the check for regular expressions sees what it looks for', () => {
  for (const code of ['a.split(/,/)', 'const a = /b/;', 'return /b/;', '[/a/]', 'f(a, /b/)', '() => /a/', 'x: /a/']) {
    assert.ok(code.match(LITERAL), code);
  }
  assert.equal('const a = b / c; // d\nconst e = (f) / 2; /* g */ h[0] / i / j'.match(LITERAL), null);
  for (const code of ['new RegExp(a)', 'RegExp(a)', 'a.replace(b, c)']) assert.ok(code.match(CALL), code);
});

test('making a redactor and asking it runs nothing that was replaced after it was loaded', () => {
  const run: string[] = [];
  const replaced: { holder: object; name: PropertyKey; before: PropertyDescriptor }[] = [];
  const holders = [Array.prototype, String.prototype, RegExp.prototype, Map.prototype, Int16Array.prototype];
  const found: (string | undefined)[] = [];
  for (const holder of [...holders, Object.getPrototypeOf(Int16Array.prototype), Function.prototype]) {
    for (const name of Reflect.ownKeys(holder)) {
      const before = Reflect.getOwnPropertyDescriptor(holder, name);
      if (name === 'constructor' || before?.writable !== true || typeof before.value !== 'function') continue;
      replaced.push({ holder, name, before });
    }
  }
  const names = ['pseudonym', 'keyNames', 'kind'];
  const { defineProperty } = Reflect;
  try {
    for (let index = 0; index < replaced.length; index++) {
      const one = replaced[index];
      if (one === undefined) continue;
      const value = () => {
        run[run.length] = typeof one.name === 'symbol' ? 'a symbol' : `${one.name}`;
      };
      defineProperty(one.holder, one.name, { ...one.before, value });
    }
    for (let index = 0; index < names.length; index++) {
      const name = names[index] ?? '';
      const get = () => {
        run[run.length] = name;
      };
      defineProperty(Object.prototype, name, { get, configurable: true });
    }
    const plain = createRedactor({});
    const own = createRedactor({ keyNames: ['Ärger-Faktor', '!!'] });
    found[0] = plain.name('db_password');
    found[1] = plain.name('db_password');
    found[2] = plain.text('a@example.com password=abcdefgh')?.text;
    found[3] = own.name('ärgerFaktor');
    found[4] = own.name('!!');
    found[5] = plain.number(4111111111111111)?.kind;
    found[6] = plain.text('SSN 536904399, 20-12345678-6, GB29NWBK60161331926819')?.text;
    const telling = plain.telling('pesel');
    found[7] = telling === undefined ? undefined : plain.fits(telling, '44051401359');
  } finally {
    for (let index = 0; index < replaced.length; index++) {
      const one = replaced[index];
      if (one !== undefined) defineProperty(one.holder, one.name, one.before);
    }
    for (let index = 0; index < names.length; index++) Reflect.deleteProperty(Object.prototype, names[index] ?? '');
  }
  assert.deepEqual(run, []);
  const text = '[redacted:email] password=[redacted:secret-name]';
  const numbers = 'SSN [redacted:us-ssn], [redacted:national-id], [redacted:iban]';
  assert.deepEqual(found, [
    'secret-name',
    'secret-name',
    text,
    'policy-name',
    'policy-name',
    'payment-card',
    numbers,
    'national-id',
  ]);
});
