import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRedactor, isCodeName, SPARABLE_KINDS, TEXT_LIMIT } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const NO_EXCEPTIONS = { names: [], values: [], kinds: [] };
const CARD = '4111 1111 1111 1111';

describe("an organization's own texts", () => {
  const redactor = createRedactor({ literals: ['Nightingale', 'gale', 'galena', '771234', 'Ünïcode', 'aaaa'] });
  const shown = (text: string) => redactor.text(text)?.text ?? text;

  test(proves('redaction:own', 'are hidden wherever they stand, also within words, and exactly so written'), () => {
    assert.equal(shown('project Nightingale ships'), 'project [redacted:policy-literal] ships');
    assert.equal(shown('xNightingales'), 'x[redacted:policy-literal]s');
    assert.equal(shown('nightinGALE'), 'nightinGALE');
    assert.equal(shown('farewell, regal Ünïcode'), 'farewell, regal [redacted:policy-literal]');
    assert.equal(shown('order 771234.'), 'order [redacted:policy-literal].');
  });

  test('that overlap, or lie within each other, are hidden as one', () => {
    assert.equal(shown('Nightingalena!'), '[redacted:policy-literal]!');
    assert.equal(shown('aaaaaaa b'), '[redacted:policy-literal] b');
    assert.equal(shown('Nightin gale'), 'Nightin [redacted:policy-literal]');
  });

  test('one that begins like another and goes on differently hides the other', () => {
    const own = createRedactor({ literals: ['abcabd', 'bcab', 'cabc'] });
    assert.equal(own.text('abcabc')?.text, 'a[redacted:policy-literal]');
    assert.equal(own.text('abcab_')?.text, 'a[redacted:policy-literal]_');
    assert.equal(own.text('abcaabcabd')?.text, 'abca[redacted:policy-literal]');
  });

  test('agree with a search for each of them on random texts of two letters', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const word = (length: number) => Array.from({ length }, () => 'ab'[random(2)]).join('');
    for (let round = 0; round < 300; round++) {
      const literals = Array.from({ length: 1 + random(5) }, () => word(1 + random(6)));
      const text = word(60);
      const hidden = new Array<boolean>(text.length).fill(false);
      for (const literal of literals) {
        for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) {
          hidden.fill(true, at, at + literal.length);
        }
      }
      // Neighbours are two findings where no literal spans them, and one where one does: as text it is the same.
      const left = [...text]
        .map((unit, at) => (hidden[at] === true ? '#' : unit))
        .join('')
        .replaceAll(/#+/g, '#');
      const found = createRedactor({ literals }).text(text)?.text ?? text;
      assert.equal(found.replaceAll(/(\[redacted:policy-literal\])+/g, '#'), left, JSON.stringify({ literals, text }));
    }
  });

  test('are found in numbers, in names and in labels, and stay a fixed point', () => {
    assert.deepEqual(redactor.number(10_771_234), { kind: 'policy-literal', of: 'number' });
    assert.equal(redactor.number(77_123), undefined);
    assert.equal(redactor.label('src/Nightingale/a.ts')?.text, 'src/[redacted:policy-literal]/a.ts');
    const named = createRedactor({ literals: ['redacted', 'email'] });
    const once = named.text('ann@example.com and email')?.text ?? '';
    assert.equal(once, '[redacted:email] and [redacted:policy-literal]');
    assert.equal(named.text(once), undefined);
  });

  test('are found in what only looks like a placeholder of ours', () => {
    for (const forged of ['[redacted:Nightingale]', '[redacted:email:xNightingalex]', '[redacted:policy-Nightingale]'])
      assert.ok(!shown(`a ${forged} b`).includes('Nightingale'), forged);
    assert.equal(shown('[redacted:Nightingale'), '[redacted:[redacted:policy-literal]');
    const named = createRedactor({ literals: ['email', 'secret-name', 'aB3_-x9q'] });
    for (const genuine of ['[redacted:email]', '[redacted:secret-name:aB3_-x9q]'])
      assert.equal(named.text(genuine), undefined, genuine);
  });

  test('carry no pseudonym: nobody knows how few there are', () => {
    const keyed = createRedactor({ literals: ['Nightingale'], pseudonym: () => 'same' });
    assert.deepEqual(keyed.text('Nightingale')?.findings, [{ kind: 'policy-literal', of: 'string', length: 16 }]);
  });

  test('take one pass, however much they have in common with the text', () => {
    const many = createRedactor({ literals: Array.from({ length: 64 }, (_, n) => `${'a'.repeat(192 + n)}b`) });
    assert.equal(many.text('a'.repeat(TEXT_LIMIT)), undefined);
  });
});

describe('exceptions', () => {
  test(proves('redaction:exceptions', 'of a name hold for the whole name, whatever its case and separators'), () => {
    const redactor = createRedactor({ exceptions: { ...NO_EXCEPTIONS, names: ['session_id', 'uuid'] } });
    assert.equal(redactor.name('sessionId'), undefined);
    assert.equal(redactor.name('SESSION-ID'), undefined);
    assert.equal(redactor.name('userSessionId'), 'secret-name');
    assert.equal(redactor.name('uuid'), undefined);
    assert.equal(redactor.text('session_id=0123456789abcdef'), undefined);
    assert.ok(redactor.text('password=0123456789abcdef'));
  });

  test('never weaken a name of the organization', () => {
    const exceptions = { ...NO_EXCEPTIONS, names: ['shoe_size'] };
    assert.equal(createRedactor({ keyNames: ['shoeSize'], exceptions }).name('shoe_size'), 'policy-name');
  });

  test(proves('redaction:exceptions', 'of a text spare exactly that finding'), () => {
    const redactor = createRedactor({ exceptions: { ...NO_EXCEPTIONS, values: ['help@example.com', CARD] } });
    const text = 'help@example.com, not-help@example.com, help@example.com.au';
    assert.equal(redactor.text(text)?.text, 'help@example.com, [redacted:email], [redacted:email]');
    assert.equal(redactor.text(`card ${CARD}`), undefined);
  });

  test(proves('redaction:exceptions', 'of a kind leave to the other rules what they find in the same place'), () => {
    const redactor = createRedactor({ exceptions: { ...NO_EXCEPTIONS, kinds: ['email'] } });
    assert.equal(redactor.text('ann@example.com'), undefined);
    assert.equal(redactor.text('password=ann@example.com')?.text, 'password=[redacted:secret-name]');
    assert.equal(redactor.text('https://u:hunter2@example.com')?.text.includes('hunter2'), false);
  });

  test('can name kinds of what is personal, each of which is found, and then is not', () => {
    const found: Record<(typeof SPARABLE_KINDS)[number], string> = {
      'bank-routing': 'routing number: 021000021',
      'crypto-wallet': '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
      email: 'ann@example.com',
      iban: 'DE89 3704 0044 0532 0130 00',
      imei: 'imei: 490154203237518',
      'ip-address': '8.8.8.8',
      'mac-address': '00:00:5e:00:53:af',
      'national-id': 'pesel: 44051401359',
      npi: 'npi: 1234567893',
      'personal-name': 'ssn=abc-def',
      phone: '+49 30 901820',
      'private-ip-address': '10.0.0.1',
      'us-ssn': '536-90-4399',
    };
    const plain = createRedactor({});
    for (const kind of SPARABLE_KINDS) {
      const text = found[kind];
      assert.deepEqual(
        plain.text(text)?.findings.map((finding) => finding.kind),
        [kind],
        text,
      );
      const spared = createRedactor({ exceptions: { ...NO_EXCEPTIONS, kinds: [kind] } });
      assert.equal(spared.text(text), undefined, text);
    }
  });

  test('do not hold for what the organization hides itself', () => {
    const exceptions = { names: [], values: ['Nightingale'], kinds: ['policy-literal'] };
    const redactor = createRedactor({ literals: ['Nightingale'], exceptions });
    assert.equal(redactor.text('Nightingale')?.text, '[redacted:policy-literal]');
  });
});

describe("rules of the caller's own", () => {
  test('are told beside the built-in ones, in the order of the text', () => {
    const find = (text: string) =>
      [...text.matchAll(/ORD-\d+/g)].map(({ 0: one, index }) => ({
        from: index,
        to: index + one.length,
        kind: 'policy-order',
      }));
    const redactor = createRedactor({ find });
    assert.equal(
      redactor.text('ORD-1 of ann@example.com, ORD-2')?.text,
      '[redacted:policy-order] of [redacted:email], [redacted:policy-order]',
    );
    assert.equal(redactor.text('ORD-x'), undefined);
  });

  test(proves('redaction:closed', 'hide the whole text where they fail'), () => {
    const find = (): never => {
      throw new Error('out of time');
    };
    const redactor = createRedactor({ find });
    assert.equal(redactor.text('harmless')?.text, '[redacted:unexamined]');
    assert.deepEqual(redactor.number(5), { kind: 'unexamined', of: 'number' });
  });
});

describe('modes', () => {
  test(proves('redaction:strict', 'strict hides every value and tells its type and length class alone'), () => {
    const redactor = createRedactor({ mode: 'strict', pseudonym: () => 'same' });
    assert.deepEqual(redactor.text('gift'), {
      text: '[redacted:strict]',
      findings: [{ kind: 'strict', of: 'string', length: 4 }],
      whole: true,
    });
    assert.deepEqual(redactor.text('')?.findings, [{ kind: 'strict', of: 'string', length: 0 }]);
    assert.deepEqual(redactor.number(5), { kind: 'strict', of: 'number' });
    assert.deepEqual(redactor.hide('secret-name', 'string', 'a long enough secret'), {
      kind: 'secret-name',
      of: 'string',
      length: 32,
    });
    assert.equal(redactor.text('[redacted:strict]'), undefined);
    assert.ok(redactor.text('[redacted:email]'));
  });

  test('strict leaves the code, and hides in it what standard hides', () => {
    const redactor = createRedactor({ mode: 'strict', keyNames: ['shoeSize'] });
    assert.equal(redactor.label('src/order.ts'), undefined);
    assert.equal(redactor.source('const gift = "order";'), undefined);
    assert.equal(redactor.label('mail ann@example.com')?.text, 'mail [redacted:email]');
    assert.equal(redactor.name('shoe_size'), 'policy-name');
    assert.equal(redactor.name('note'), undefined);
  });

  test(proves('redaction:off', 'off finds nothing, whatever else is said'), () => {
    const redactor = createRedactor({
      mode: 'off',
      keyNames: ['note'],
      literals: ['gift'],
      find: () => [{ from: 0, to: 1, kind: 'x' }],
    });
    assert.equal(redactor.text('password=hunter2hunter2'), undefined);
    assert.equal(redactor.name('password'), undefined);
    assert.equal(redactor.number(4111111111111111), undefined);
    assert.equal(redactor.label('gift'), undefined);
    assert.equal(redactor.source('const password = "hunter2hunter2"'), undefined);
  });

  test('what may be of the code is told from what may be data', () => {
    for (const name of ['id', 'orderId', '$state', '_x', '#total', 'content-type', 'X-Request-Id', ''])
      assert.ok(isCodeName(name), name);
    for (const name of ['4711', 'a b', 'ann@example.com', 'a-1', '2026-01-01', 'x'.repeat(65), 'a.b', 'ä'])
      assert.ok(!isCodeName(name), name);
  });
});
