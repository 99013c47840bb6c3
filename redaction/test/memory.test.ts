import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, type RedactorOptions, TERM_GROUPS } from '@borescope/redaction';
import { ADVERSARIAL } from './adversarial.ts';
import { createPick } from './pick.ts';

// A redactor remembers of texts what names tell, how far runs go, where nothing stands. It must say of each text what
// one says that has seen no other.

const TERMS = TERM_GROUPS.flatMap(({ terms }) => terms.split(/\s+/).filter((term) => term !== ''));
const WORDS = [
  ...[
    'title',
    'id',
    'name',
    'value',
    'key',
    'api',
    'd',
    'k',
    'kty',
    'at',
    'order',
    '2026-01-02T12',
    '30',
    '12',
    'a1b22',
  ],
  ...['pesel', 'phone', 'cacheKey', 'user', 'x-forwarded-for', 'cookie', 'node42', 'node17', 'room42', 'room 17', '42'],
  ...[
    'de passe',
    'path',
    'token.js',
    'api_key)',
    '**token',
    'mot',
    'card number',
    'number',
    'n',
    'v',
    'label',
    'type',
    'param',
    'data',
    'пароль',
    'pаssword',
    'loyalty',
  ],
];
const BEFORE = [
  '',
  ' ',
  '"',
  "'",
  '{"',
  ', "',
  '?',
  '&',
  '%5B',
  'my ',
  'api ',
  'mot ',
  'credit ',
  'loyalty ',
  '"name": "DB_PASSWORD", "',
  '\\"',
  '\\n',
  '\n',
  '[redacted:',
  'é',
  '=',
  '--',
  'Key (id, ',
  '\u00a0',
];
const BEHIND = [
  ...['=', ':', '": "', '":"', "': '", ' = ', '\\":\\"', ': ', '%5D=', ' == ', '&quot;: ', '=>', ':=', "'] = '"],
];
const VALUES = [
  ...['hunter2hunter2', '44051401359', '+41446681800', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9v', '12:30', 'plain text', 'true'],
  ...['00:00:5e:00:53:af', '2606:4700:4700::1111', '1:2:3:4:5:6:7:8:9:a:b:c', '4111 4111 4111 4111 4111'],
  ...[
    '[ "user", "password" ], "value": "abc"',
    '{"value": "abc"}',
    'string = "abc"',
    '^1.2.3',
    '#0055ff',
    '12px',
    'ID!',
  ],
  ...[
    '** abc',
    '</b> abc',
    '12:34',
    'Bearer%20abcdef12',
    ':abcdef',
    '?',
    '(1, 2) already exists',
    'de75512108001245126199',
  ],
  ...['anna@example.com', '4111 1111 1111 1111', 'a=b; c=d', '10.1.2.3', '"', ''],
];

function texts(count: number): string[] {
  const pick = createPick(1);
  const name = () => pick(pick([TERMS, WORDS, WORDS]));
  const part = () => {
    const kind = pick([0, 1, 2, 3, 4, 5, 6, 7]);
    if (kind === 0) return pick(ADVERSARIAL);
    const joined = kind === 1 ? `${name()}${pick(['_', '-', '.', ' ', ''])}${name()}` : name();
    return `${pick(BEFORE)}${joined}${pick(BEHIND)}${pick(VALUES)}${pick(['', '"', "'", '\\"', ' ', ', ', ';', '\n'])}`;
  };
  return Array.from({ length: count }, () => Array.from({ length: pick([1, 2, 3, 5]) }, part).join(''));
}

const POLICIES: readonly RedactorOptions[] = [
  {},
  {
    keyNames: ['room 42', 'title', 'loyalty number'],
    exceptions: { names: ['token', 'pin 42'], values: [], kinds: ['email'] },
  },
];

test('what a redactor has seen changes nothing of what it says', () => {
  const all = texts(1000);
  for (const policy of POLICIES) {
    const experienced = createRedactor(policy);
    let found = 0;
    for (const text of all) {
      const expected = createRedactor(policy).text(text);
      if (expected !== undefined) found++;
      assert.deepEqual(experienced.text(text), expected, text);
    }
    assert.ok(found > all.length / 4);
  }
});

test('a name under which nothing is hidden is remembered as it is, but for its numbers', () => {
  const plain = createRedactor({});
  const named = createRedactor({ keyNames: ['room 42'] });
  const spared = createRedactor({ exceptions: { names: ['pin42'], values: [], kinds: [] } });
  for (const redactor of [plain, named, spared]) {
    for (const text of ['room17=abcdef', '3fa: abcdef', 'pin42=4711', 'x=abcdef', 'd: abc', 'keys: abc']) {
      assert.equal(redactor.text(text), undefined, text);
      assert.equal(redactor.text(text), undefined, text);
    }
    assert.equal(redactor.text('2fa: abcdef')?.text, '2fa: [redacted:code-name]');
    assert.equal(redactor.text('cvv2: 123')?.text, 'cvv2: [redacted:payment-name]');
    assert.equal(redactor.text('x_token=abcdef')?.text, 'x_token=[redacted:secret-name]');
  }
  assert.equal(named.text('room42=abcdef')?.text, 'room42=[redacted:policy-name]');
  // Digits of a name that is looked for, apart or in another row of digits.
  const rows = createRedactor({ keyNames: ['room 120', 'x 57'] });
  for (const text of ['room127=abcdef', 'room-1-27=abcdef', 'x577=abcdef', 'x570=abcdef', 'room-1-29=abcdef']) {
    assert.equal(rows.text(text), undefined, text);
  }
  for (const name of ['room120', 'room-1-20', 'room_12_0', 'x57', 'x-5-7']) {
    assert.equal(rows.text(`${name}=abcdef`)?.text, `${name}=[redacted:policy-name]`);
  }
});

test('a name under which nothing was hidden hides where what stands around it tells', () => {
  const random = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9v';
  const pairs = [
    ['"value": "plain"', '{"name": "DB_PASSWORD", "value": "hunter2hunter2"}'],
    ['{"d": "plain", "k": 1}', `{"kty": "EC", "d": "${random}"}`],
    ['cacheKey: true', `cacheKey: ${random}`],
    ['5D=plain', 'user%5Bpassword%5D=hunter2hunter2'],
    ["title == 'plain'", "'hunter2hunter2' == password"],
  ] as const;
  const redactor = createRedactor({});
  for (const [harmless, telling] of pairs) {
    for (let time = 0; time < 2; time++) {
      assert.equal(redactor.text(harmless), undefined, harmless);
      assert.match(redactor.text(telling)?.text ?? '', /redacted:/, telling);
    }
  }
});
