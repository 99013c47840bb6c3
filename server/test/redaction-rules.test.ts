import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CapturedValue, Hit } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { listLateRedactions } from '../src/hits/late-redactions.ts';
import { createPatternFinder } from '../src/hits/pattern-finder.ts';
import { createPolicyRedactor } from '../src/hits/policy-redactor.ts';
import { compilePattern } from '../src/policies/compile-pattern.ts';
import { patternSize } from '../src/policies/pattern-size.ts';
import { policySchema } from '../src/policies/policy.ts';
import { controlsBeside, developer, type Harness, inSeconds, spec, startEngine } from './engine-harness.ts';

const SHOP = { service: 'shop' };
const EVERYTHING = {
  names: ['shoeSize'],
  literals: ['Nightingale'],
  patterns: [{ name: 'order-number', pattern: 'ORD-[0-9]{6}' }],
  exceptions: { names: ['uuid'], values: ['help@example.com'], kinds: ['phone'] },
};

function policyOf(redaction: object) {
  return policySchema.parse({ redaction });
}

type Test = Parameters<typeof startEngine>[0];

/** What is stored of variables that an agent sends in the clear, whatever its policy says. */
async function shown(
  t: Test,
  redaction: object,
  variables: Record<string, CapturedValue>,
  { environment, hit = {} }: { environment?: string; hit?: Partial<Hit> } = {},
): Promise<Harness & { hit: Hit }> {
  const harness = await startEngine(t);
  const { engine } = harness;
  assert.ok(await engine.controls.policy.set('default', policyOf(redaction), 0));
  const { peer, welcome } = await harness.attach('1', environment === undefined ? {} : { environment });
  const { id } = await engine.actions.place(developer, SHOP, { ...spec, maxHits: 1 });
  await peer.next('arm', id);
  const captured = Object.entries(variables).map(([name, value]) => ({ name, value, scope: 'local' as const }));
  peer.hit(id, welcome.epoch, 1, { ...hit, variables: captured });
  await peer.next('disarm', id);
  peer.removed(id);
  const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
  const stored = view.hits[0]?.hit;
  assert.ok(stored !== undefined);
  return { ...harness, hit: stored };
}

const text = (value: string): CapturedValue => ({ type: 'string', value });

describe('what an organization says of redaction', () => {
  test('is told to its agents, by the environment that they are in, without the patterns', async (t) => {
    const { engine, attach } = await startEngine(t);
    const environments = [
      { environment: 'dev', mode: 'off', reason: 'made-up data' },
      { environment: 'production', mode: 'strict' },
    ];
    assert.ok(await engine.controls.policy.set('default', policyOf({ ...EVERYTHING, environments }), 0));
    const told = async (id: string, environment?: string) =>
      (await attach(id, environment === undefined ? {} : { environment })).welcome.policy;
    const { names: keyNames, literals, exceptions } = EVERYTHING;
    const { mode, ...staging } = await told('1', 'staging');
    assert.equal(mode, undefined);
    assert.deepEqual(
      { ...staging, revision: 0, pseudonymKey: '' },
      { revision: 0, pseudonymKey: '', keyNames, literals, exceptions },
    );
    assert.equal((await told('2', 'dev')).mode, 'off');
    assert.equal((await told('3', 'production')).mode, 'strict');
    assert.equal((await told('4')).mode, undefined, 'an environment that is not told is none that redaction is off in');
  });

  test(proves('redaction:at-once', 'is told within a second when another process changes it'), async (t) => {
    const harness = await startEngine(t);
    const { peer } = await harness.attach('1', { environment: 'dev' });
    const beside = await controlsBeside(t, harness);
    for (const [version, mode] of (['strict', 'off'] as const).entries()) {
      const began = performance.now();
      const environments = [{ environment: 'dev', mode, reason: 'made-up data' }];
      assert.ok(await beside.policy.set('default', policyOf({ environments }), version));
      const { policy } = await peer.next('policy');
      assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms`);
      assert.equal(policy.mode, mode);
    }
  });

  test(proves('redaction:own', 'holds at the broker for what an agent sends in the clear'), async (t) => {
    const { hit, meter } = await shown(t, EVERYTHING, {
      shoe_size: { type: 'number', value: 42 },
      note: text('project Nightingale, write to help@example.com or ann@example.com'),
      uuid: text('4f9c2a1e'),
    });
    assert.deepEqual(hit.variables[0]?.value, { type: 'redacted', kind: 'policy-name', of: 'number' });
    assert.match(
      JSON.stringify(hit.variables[1]?.value),
      /project \[redacted:policy-literal\], write to help@example.com or \[redacted:email/,
    );
    assert.deepEqual(hit.variables[2]?.value, text('4f9c2a1e'));
    assert.deepEqual(
      meter.events.filter((event) => event.startsWith('caught')),
      ['caught policy-name', 'caught policy-literal', 'caught email'],
    );
  });

  test(
    proves('redaction:patterns', 'hides what its patterns find, in texts, numbers, names and messages'),
    async (t) => {
      const redaction = {
        patterns: [
          { name: 'order-number', pattern: 'ORD-[0-9]{6}' },
          { name: 'badge', pattern: '\\b7[0-9]{5}\\b' },
        ],
      };
      const { hit, store, meter } = await shown(t, redaction, {
        note: text('for ORD-123456 and ORD-12345'),
        whole: text('ORD-123456'),
        badge: { type: 'number', value: 712_345 },
        map: { type: 'map', entries: [[text('ORD-999999'), { type: 'boolean', value: true }]] },
        error: { type: 'error', class: 'Error', message: 'no ORD-123456', stack: 'Error: no ORD-123456\n at a' },
        object: { type: 'object', class: 'Object', properties: [{ name: 'ORD-123456', value: { type: 'null' } }] },
      });
      const stored = JSON.stringify(hit);
      assert.doesNotMatch(stored, /ORD-\d{6}|712345/);
      assert.match(stored, /ORD-12345"/);
      assert.deepEqual(hit.variables[1]?.value, {
        type: 'redacted',
        kind: 'policy-order-number',
        of: 'string',
        length: 16,
      });
      assert.deepEqual(hit.redactions.kinds.toSorted(), ['policy-badge', 'policy-order-number']);
      assert.deepEqual(
        await listLateRedactions(store.documents, 'default'),
        [],
        'no agent knows them: that is no warning',
      );
      assert.deepEqual(
        new Set(meter.events.filter((event) => event.startsWith('caught'))),
        new Set(['caught policy-pattern']),
        'their names are read by whoever may read the metrics, of any organization',
      );
    },
  );

  test(
    proves('redaction:patterns', 'hide the end of a text that the agent has cut: it may be the head of what they find'),
    async (t) => {
      const long = (end: string) => `${'word '.repeat(200)}${end}`;
      const patterns = { patterns: [{ name: 'order-number', pattern: '\\bORD-[0-9]{6}\\b' }] };
      const cut: CapturedValue = { type: 'string', value: long('for ORD-12345'), length: 5000 };
      const { hit, store, meter } = await shown(t, patterns, {
        note: cut,
        whole: text('for ORD-12345'),
        error: { type: 'error', class: 'Error', message: long('no such order in this shop: ORD-12345\u2026') },
      });
      assert.equal(JSON.stringify(hit.variables).match(/ORD-/g)?.length, 1);
      assert.match(JSON.stringify(hit.variables), /word \[redacted:unexamined\]","length":5000/);
      assert.deepEqual(await listLateRedactions(store.documents, 'default'), [], 'which is no fault of the agent');
      const words = meter.events.filter((event) => event.startsWith('caught'));
      assert.deepEqual(words, ['caught unexamined', 'caught unexamined']);
      for (const rules of [
        {},
        { ...patterns, environments: [{ environment: 'dev', mode: 'off', reason: 'made-up' }] },
      ]) {
        const open = await shown(t, rules, { note: cut }, { environment: 'dev' });
        assert.deepEqual(open.hit.variables[0]?.value, cut);
      }
    },
  );

  test(
    proves('redaction:strict', 'in the mode strict nothing but types and lengths is stored, whatever the agent sends'),
    async (t) => {
      const { hit } = await shown(
        t,
        { environments: [{ environment: 'production', mode: 'strict' }] },
        {
          order: {
            type: 'object',
            class: 'Order',
            properties: [
              { name: 'id', value: text('canary') },
              { name: 'canary 1', value: { type: 'number', value: 4711 } },
              { name: 'paid', value: { type: 'boolean', value: true } },
              { name: 'at', value: { type: 'date', value: '2026-01-01T00:00:00.000Z' } },
              { name: 'lines', value: { type: 'array', items: [text('canary')] } },
              { name: 'none', value: { type: 'null' } },
            ],
          },
          map: { type: 'map', entries: [[text('canary'), { type: 'bigint', value: '4711' }]] },
          set: { type: 'set', items: [text('canary')] },
          error: { type: 'error', class: 'Error', message: 'canary', stack: 'Error: canary' },
          pattern: { type: 'regexp', source: 'canary', flags: 'g' },
          symbol: { type: 'symbol', description: 'canary' },
          buffer: { type: 'buffer', class: 'Buffer', length: 6, hex: Buffer.from('canary').toString('hex') },
          handler: { type: 'function', name: 'onOrder' },
        },
        { environment: 'production' },
      );
      const stored = JSON.stringify(hit.variables);
      assert.doesNotMatch(stored, /canary|4711|true|2026|63616e617279/);
      assert.match(stored, /"class":"Order"/);
      assert.match(stored, /"name":"onOrder"/);
      assert.deepEqual(
        hit.variables[0]?.value.type === 'object' && hit.variables[0].value.properties.map(({ name }) => name),
        ['id', '[redacted:strict]', 'paid', 'at', 'lines', 'none'],
      );
    },
  );

  test(proves('redaction:off', 'off holds in its environment alone'), async (t) => {
    const redaction = { environments: [{ environment: 'dev', mode: 'off', reason: 'made-up data' }] };
    const secret = { password: text('hunter2hunter2'), mail: text('ann@example.com') };
    const open = await shown(t, redaction, secret, { environment: 'dev' });
    assert.deepEqual(
      open.hit.variables.map(({ value }) => value),
      [text('hunter2hunter2'), text('ann@example.com')],
    );
    for (const environment of ['Dev', 'staging', undefined]) {
      const closed = await shown(t, redaction, secret, environment === undefined ? {} : { environment });
      assert.doesNotMatch(JSON.stringify(closed.hit), /hunter2|ann@example/);
    }
  });

  test(proves('redaction:caught', 'what an agent should have hidden is kept with its service, and told'), async (t) => {
    const { engine, store } = await shown(
      t,
      {},
      { note: text('ann@example.com bob@example.com') },
      { environment: 'dev' },
    );
    await engine.drain(0);
    const [warning, ...others] = await listLateRedactions(store.documents, 'default');
    assert.deepEqual(others, []);
    const { firstAt, lastAt, ...rest } = warning ?? {};
    assert.deepEqual(rest, { service: 'shop', environment: 'dev', kinds: { email: 2 }, runtime: 'runtime-1' });
    assert.ok(Math.abs(Date.now() - (lastAt ?? 0)) < 60_000 && (firstAt ?? 0) <= (lastAt ?? 0));
    assert.deepEqual(await listLateRedactions(store.documents, 'another'), []);
  });
});

describe('the patterns of an organization', () => {
  test(proves('redaction:closed', 'hide the text whole where they take too long, and begin anew with the next'), () => {
    let now = 0;
    let slow = 0;
    const clock = () => {
      now += slow;
      return now;
    };
    const finder = createPatternFinder([{ name: 'slow', pattern: 'x+' }], clock);
    assert.ok(finder !== undefined);
    const redactor = createPolicyRedactor({ keyNames: [] }, finder);
    assert.equal(redactor.text('a x b')?.text, 'a [redacted:policy-slow] b');
    now += 10_000;
    assert.equal(redactor.text('harmless'), undefined, 'what others take meanwhile does not count');
    slow = 150;
    assert.equal(redactor.text('harmless'), undefined);
    assert.equal(redactor.text('harmless')?.text, '[redacted:unexamined]');
    finder.begin();
    assert.equal(redactor.text('harmless'), undefined);
  });

  test(proves('redaction:closed', 'take a share of the broker, however many hits there are'), () => {
    let now = 0;
    const patterns = [{ name: 'order-number', pattern: 'ORD-[0-9]{6}' }];
    const finder = createPatternFinder(patterns, () => {
      now += 50;
      return now;
    });
    assert.ok(finder !== undefined);
    const looked = (): boolean => {
      finder.begin();
      try {
        finder.find('x', 1);
        return true;
      } catch {
        return false;
      }
    };
    let hits = 0;
    while (looked() && hits < 1000) hits++;
    assert.ok(hits > 10 && hits < 1000, `${hits} hits in one go`);
    now += 10_000;
    assert.ok(looked(), 'and again when others had their time');
  });

  test('that overlap hide together what they find, and keep to what is looked at', () => {
    const finder = createPatternFinder(
      [
        { name: 'a', pattern: 'bc+d' },
        { name: 'b', pattern: 'd[0-9]+' },
        { name: 'c', pattern: 'ccc' },
      ],
      () => 0,
    );
    assert.deepEqual(finder?.find('abcccd12 d3', 11), [
      { from: 1, to: 8, kind: 'policy-a' },
      { from: 9, to: 11, kind: 'policy-b' },
    ]);
    assert.deepEqual(finder?.find('abcccd12 d3', 9), [{ from: 1, to: 8, kind: 'policy-a' }]);
    assert.equal(
      createPatternFinder([], () => 0),
      undefined,
    );
  });

  test(
    proves(
      'redaction:patterns',
      'are all asked where they cannot be made one: groups of one name, quotations left open',
    ),
    () => {
      for (const [one, other, text] of [
        ['(?P<n>x{2})', '(?P<n>y{2})', 'xx yy'],
        ['\\Qx.', 'y{2}', 'x. yy'],
        // Joined they would be understood, and mean something else.
        ['\\Qx.', '\\Qy\\Ey', 'x. yy'],
      ] as const) {
        const policy = policyOf({
          patterns: [
            { name: 'one', pattern: one },
            { name: 'other', pattern: other },
          ],
        });
        const finder = createPatternFinder(policy.redaction?.patterns ?? [], () => 0);
        assert.deepEqual(
          finder?.find(text, text.length),
          [
            { from: 0, to: 2, kind: 'policy-one' },
            { from: 3, to: 5, kind: 'policy-other' },
          ],
          one,
        );
      }
    },
  );

  test(proves('redaction:closed', 'begin no search that could take long: it cannot be broken off'), () => {
    // Nearly each character makes another state of 900 instructions.
    const text = Array.from({ length: 8192 }, (_, n) => 'ab'[((n * n * 7919) % 11) % 2] ?? '').join('');
    const patterns = Array.from({ length: 50 }, (_, n) => ({ name: `p${n}`, pattern: `a[ab]{${900 - n}}[c-z]` }));
    const finder = createPatternFinder(policyOf({ patterns }).redaction?.patterns ?? [], () => performance.now());
    assert.ok(finder !== undefined);
    const redactor = createPolicyRedactor({ keyNames: [] }, finder);
    const begun = performance.now();
    assert.equal(redactor.text(text)?.text, '[redacted:unexamined]');
    finder.begin();
    redactor.text(text.slice(0, 1024));
    assert.ok(performance.now() - begun < 2_000);
    const one = createPatternFinder([{ name: 'order', pattern: '\\bORD-[0-9]{6}\\b' }], () => 0);
    const long = `${'x'.repeat(65_000)} ORD-123456`;
    assert.equal(one?.find(long, long.length).length, 1, 'an ordinary one is asked of long texts');
  });

  test(proves('redaction:patterns', 'find the digits of a long bigint'), async (t) => {
    const digits = '123456789012345678901234567890';
    const { hit } = await shown(
      t,
      { patterns: [{ name: 'serial', pattern: '4567890123' }] },
      { n: { type: 'bigint', value: digits } },
    );
    assert.deepEqual(hit.variables[0]?.value, { type: 'redacted', kind: 'policy-serial', of: 'bigint' });
  });

  const refused = (redaction: object): string[] =>
    policySchema.safeParse({ redaction }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
    [];
  const refusedPattern = (pattern: string) => refused({ patterns: [{ name: 'x', pattern }] });

  test(proves('redaction:refused', 'that are none are refused with the position'), () => {
    for (const [pattern, position, what] of [
      ['ORD-(\\d+', 9, /missing closing \)/],
      ['a))b', 2, /unexpected \)/],
      ['(a))b', 4, /unexpected \)/],
      ['ab[z-a]', 4, /invalid character class range/],
      ['a{2}b{2000}', 6, /invalid repeat count/],
      ['[**]a**', 6, /invalid nested repetition/],
      ['x\\p{Foo}', 2, /invalid character class range/],
      ['(?=x)a', 1, /look-around/],
      ['(a)\\1', 4, /back-reference/],
      ['abc\\', 4, /trailing backslash/],
      ['*a', 1, /missing argument/],
    ] as const) {
      const [issue, ...others] = refusedPattern(pattern);
      assert.deepEqual(others, []);
      assert.match(issue ?? '', what, pattern);
      assert.match(
        issue ?? '',
        new RegExp(`^redaction\\.patterns\\.0\\.pattern: .*at position ${position}\\b`),
        pattern,
      );
    }
    assert.match(refusedPattern('a*')[0] ?? '', /matches the empty text/);
    assert.match(refusedPattern('[a-z]{900}|[0-9]{900}|[A-Z]{900}')[0] ?? '', /instructions/);
    assert.deepEqual(refusedPattern('(?i)\\bORD-\\d{6}\\b'), []);
  });

  test(proves('redaction:refused', 'that would take long to compile are refused before they are compiled'), () => {
    for (const pattern of [`(${'a'.repeat(500)}){1000}`, 'a{1000}'.repeat(73), `(?:${'[a-z]?'.repeat(80)}){99}`]) {
      assert.match(refusedPattern(pattern)[0] ?? '', /about \d+ instructions/, pattern);
    }
    for (const pattern of [
      ...[
        'a{10}',
        '(ab){3}',
        '[a-z]{5,9}x',
        '\\d{3}-\\d{2}',
        '(a{30}b){4}',
        '\\x{10FFFF}{30}',
        '[]a]{40}',
        '\\{1000\\}',
      ],
      ...[
        '[[:alpha:]]{40}',
        '(a|b|c){100}',
        '(?:a?){50}',
        '\\pL{1000}',
        '\\p{Greek}{90}',
        '\\Qa{1000}\\E',
        '((a{9}){9}){9}',
      ],
    ]) {
      const compiled = compilePattern(pattern);
      const size = compiled.ok ? compiled.pattern.programSize() : 102;
      const estimate = patternSize(pattern);
      assert.ok(estimate <= 2 * size && size <= 8 + 2 * estimate, `${pattern}: ${estimate} for ${size}`);
    }
  });

  test('and other rules that cannot hold are refused', () => {
    for (const [redaction, issue] of [
      [
        { patterns: [{ name: 'a', pattern: 'x', sample: 'y' }] },
        /patterns\.0\.sample: the pattern finds nothing in it/,
      ],
      [
        {
          patterns: [
            { name: 'a', pattern: 'x' },
            { name: 'a', pattern: 'y' },
          ],
        },
        /patterns\.1\.name: a stands twice/,
      ],
      [{ patterns: [{ name: 'A b', pattern: 'x' }] }, /small letters/],
      [{ environments: [{ environment: 'dev', mode: 'off' }] }, /environments\.0\.reason: is needed/],
      [{ environments: [{ environment: 'dev', mode: 'off', reason: ' \n' }] }, /environments\.0\.reason: says nothing/],
      [{ patterns: [{ name: 'literal', pattern: 'x' }] }, /patterns\.0\.name: is what a name or a text/],
      [{ environments: [{ environment: '*', mode: 'strict' }] }, /must be one environment/],
      [
        {
          environments: [
            { environment: 'a', mode: 'strict' },
            { environment: 'a', mode: 'standard' },
          ],
        },
        /"a" stands twice/,
      ],
      [{ mode: 'off' }, /redaction\.mode/],
      [{ literals: ['abc'] }, /redaction\.literals\.0/],
      [{ names: ['x'.repeat(257)] }, /redaction\.names\.0/],
      [{ names: [' a'] }, /white space/],
      [{ names: ['shoe_size'], exceptions: { names: ['shoeSize'] } }, /exceptions\.names\.0: "shoeSize" is also among/],
      [{ exceptions: { kinds: ['jwt'] } }, /exceptions\.kinds\.0/],
      [{ literals: Array.from({ length: 200 }, (_, n) => `${n}`.padEnd(256, '€')) }, /are allowed/],
      [{ literals: Array.from({ length: 201 }, (_, n) => `text ${n}`) }, /redaction\.literals/],
    ] as const) {
      assert.match(refused(redaction).join('\n'), issue);
    }
  });
});
