// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { AgentFrame } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const PLACE = { file: 'fixtures/hidden.cjs', line: 25 };
const KEY = 'k'.repeat(32);
/** Probes in place at once; an agent takes 200. */
const AT_ONCE = 100;

/** What somebody tries with a guess, first with one that is right and then with one that is wrong. */
type Attempt = readonly [right: string, wrong: string, ...probes: string[]];

/** `G` stands for the guess. */
const ATTEMPTS: Readonly<Record<string, readonly Attempt[]>> = {
  'the whole of an e-mail address': [
    [
      '"ann@example.com"',
      '"bob@example.com"',
      'order.contact === G',
      'order.contact == G',
      'order.contact !== G',
      'G === order.contact',
      'G != order.contact',
      '(order.contact === G) === true',
      '!(order.contact === G)',
      'order.contact === G && order.total > 1',
      'order.total > 99 || order.contact === G',
      'order.contact === G ? order.total : 0',
      '[1, 2].some(n => order.contact === G)',
      '[G].includes(order.contact)',
      '[order.contact].includes(G)',
      'order.list.includes(G)',
      'order.list.indexOf(G) === 1',
      'order.list.lastIndexOf(G) === 1',
      '[G].indexOf(order.contact) === 0',
      'order.list.some(item => item === G)',
      'order.list.every(item => item !== G)',
      'order.list.find(item => item === G)',
      'order.list.findLastIndex(item => item === G) > 0',
      'order.list.filter(item => item === G).length > 0',
      'order.list.reduce((found, item) => found || item === G, false)',
      '({ [G]: 1 })[order.contact]',
      '({ "ann@example.com": 1 })[order.contact]',
      'order.byContact[G]',
      'order.byContact[G] ?? 0',
      'order.byContact?.[G] > 1',
      'G in order.byContact',
      'Object.hasOwn(order.byContact, G)',
      'order.byContact.hasOwnProperty(G)',
      'Object.keys({ ...order.byContact, [G]: 1 }).length === 1',
      'Object.keys({ [order.contact]: 1, [G]: 1 }).length === 1',
      'Object.keys(order.byContact)[0] === G',
      'Object.entries(order.byContact).some(([key]) => key === G)',
      'order.contacts.get(G)',
      'order.contacts.has(G)',
      '[...order.contacts.keys()].includes(G)',
      'order.contact.toLowerCase() === G',
      'order.contact.trim() === G',
      'String(order.contact) === G',
      '`${order.contact}` === G',
      '"" + order.contact === G',
      '[order.contact].join() === G',
      'JSON.stringify(order.contact) === JSON.stringify(G)',
      'JSON.stringify([order.contact]) === `["${G}"]`',
      'order.contact.startsWith(G)',
      'order.contact.endsWith(G)',
      'order.contact.includes(G)',
      'order.message.includes(G)',
      'order.message.indexOf(G) > 0',
      'order.message.split(G).length === 2',
      'G.includes(order.contact)',
      'G.startsWith(order.contact)',
      'order.contact <= G && order.contact >= G',
      '(order.contact === G && order.list.map(x => order.list.map(y => y))) || true',
    ],
    [
      '"ann@" + "example.com"',
      '"bob@" + "example.com"',
      'order.contact === G',
      '[G].includes(order.contact)',
      'order.byContact[G]',
      'order.contacts.has(G)',
      '({ [order.contact]: 1, [G]: 2 })',
      'order.list.some(item => item === G)',
    ],
    [
      '["ann", "@example.com"].join("")',
      '["bob", "@example.com"].join("")',
      'order.contact === G',
      'order.contacts.get(G)',
    ],
    ['`ann${"@"}example.com`', '`bob${"@"}example.com`', 'order.contact === G', 'G in order.byContact'],
    ['"ANN@EXAMPLE.COM".toLowerCase()', '"BOB@EXAMPLE.COM".toLowerCase()', 'order.contact === G'],
    ['order.backup', 'order.owner', 'order.contact === G', 'order.contacts.has(G)', 'order.byContact[G] > 1'],
  ],
  'a part of an e-mail address': [
    [
      '"ann"',
      '"bob"',
      'order.contact.startsWith(G)',
      'order.contact.includes(G)',
      'order.contact.indexOf(G) === 0',
      'order.contact.lastIndexOf(G) >= 0',
      'order.contact.slice(0, 3) === G',
      'order.contact.substring(0, 3) === G',
      'order.contact.split("@")[0] === G',
      'order.contact.split(G).length > 1',
      'order.message.includes(G)',
      'order.message.slice(5).startsWith(G)',
      '"".padStart(3, order.contact) === G',
      '"".padEnd(3, order.contact).includes(G)',
      '["", ""].join(order.contact).slice(0, 3) === G',
      'order.contact[0] === G[0]',
      'order.contact.at(0) === G.at(0)',
      'order.contact.charCodeAt(0) === G.charCodeAt(0)',
    ],
    ['"a"', '"z"', 'order.contact[0] === G', 'order.contact >= G', 'order.contact < G', 'G > order.contact'],
    [
      '15',
      '16',
      'order.contact.length === G',
      'order.contact.length >= G',
      'order.contact[G - 1] !== undefined',
      'order.contact.at(G - 1) === "m"',
      'order.boxed.length === G',
      'G - 1 in order.boxed',
      'Object.hasOwn(order.boxed, G - 1)',
      'order.boxed[G - 1] !== undefined',
      'order.message.length - 10 === G',
      'order.contact.padEnd(G).endsWith("m")',
    ],
    [
      '97',
      '98',
      'order.codes[0] === G',
      'order.codes.at(0) === G',
      'order.codes.includes(G)',
      'order.codes.indexOf(G) === 0',
      'order.codes.slice(0, 1)[0] === G',
      '[...order.codes][0] === G',
      '[].concat(order.codes)[0] === G',
      'Math.min(...order.codes.slice(0, 1)) === G',
      'order.codes.some(code => code === G)',
      'order.codes.reduce((found, code) => found || code === G, false)',
      'Object.values(order.codes)[0] === G',
      'Object.entries(order.codes)[0][1] === G',
      'JSON.stringify(order.codes).startsWith(`[${G}`)',
      'order.codes.join().startsWith(String(G))',
      'String(order.codes).startsWith(String(G))',
      '`${order.codes}`.startsWith(`${G}`)',
      '({ ...order.codes })[0] === G',
      'Array.from(order.codes)[0] === G',
      '[...order.codes.values()][0] === G',
      '[...order.codes.entries()][0][1] === G',
    ],
    // As long as the address, and not.
    ['"xxxxxxxxxxxxxxx"', '"xxxxxxxxxxxxxx"', 'order.contact === G', 'order.list.includes(G)', 'order.contact == G'],
  ],
  'a card number': [
    [
      '"4111111111111111"',
      '"4242424242424242"',
      'order.ref === G',
      'order.number == G',
      'order.big == G',
      'order.number === +G',
      'order.number === Number(G)',
      'order.number === parseInt(G)',
      'String(order.number) === G',
      '`${order.big}` === G',
      'order.number.toString() === G',
      'order.number.toFixed(0) === G',
      'order.big.toString() === G',
      'JSON.stringify(order.number) === G',
      'JSON.stringify([1, order.number]) === `[1,${G}]`',
      '({ [G]: 1 })[order.ref]',
      '({ [G]: 1 })[order.number]',
      '({ [order.number]: 1 })[G]',
      '({ "4111111111111111": 1 })[order.ref]',
      '({ "4111111111111111": 1 })[order.big]',
      '`9${G}9`.includes(order.ref)',
      'BigInt(order.ref) === BigInt(G)',
    ],
    [
      '4111111111111111',
      '4242424242424242',
      'order.number === G',
      'order.number == G',
      'order.ref == G',
      'order.number >= G && order.number <= G',
      'order.number - G === 0',
      'order.number / G === 1',
      'order.number % G === 0',
      '(order.number ^ G) === 0',
      'Math.max(order.number, G) === G',
      'order.list.includes(G)',
      'order.list.indexOf(G) === 2',
      'order.cards.has(G)',
      '[...order.cards].some(card => card === G)',
      'BigInt(G) === order.big',
      'order.big == G',
      '+order.ref === G',
    ],
    ['4111111111111111n', '4242424242424242n', 'order.big === G', 'order.big == G', 'order.big - G === 0n'],
    // In more digits nothing is found.
    [
      '"941111111111111119"',
      '"942424242424242429"',
      'G.includes(order.ref)',
      'G.indexOf(order.ref) === 1',
      'G.lastIndexOf(order.ref) === 1',
      'G.slice(1).startsWith(order.ref)',
      'G.split(order.ref).length === 2',
      'G.split(order.number).length === 2',
      '["9", "9"].join(order.ref) === G',
      '["9", "9"].join(order.number) === G',
      '"9".padEnd(17, order.ref) === G.slice(0, 17)',
      '"9".concat(order.ref, "9") === G',
      '`9${order.number}9` === G',
    ],
    ['4111111111111112 - 1', '4242424242424243 - 1', 'order.number === G', 'order.ref == G'],
    ['"4.111111111111111e15"', '"4.242424242424242e15"', 'order.number == G', 'order.number === +G'],
    [
      '4112000000000005',
      '4110000000000005',
      'order.number < G',
      'order.ref < G',
      'order.big < G',
      'order.number - 1 < G',
      'Math.floor(order.number / 10) < G / 10',
    ],
    ['"4111"', '"4242"', 'order.ref.startsWith(G)', 'order.ref.slice(0, 4) === G', '"".padStart(4, order.ref) === G'],
    ['1', '2', 'order.number % 10 === G', 'order.big % 10n === BigInt(G)', 'Number(order.ref[15]) === G'],
  ],
  'a telephone number': [
    [
      '"+447911123456"',
      '"+447911654321"',
      'order.phone === G',
      '+order.phone === +G',
      'Number(order.phone) === Number(G)',
      'order.phone * 1 === G * 1',
      'Math.abs(order.phone) === Math.abs(G)',
      '({ [G]: 1 })[order.phone]',
    ],
    ['447911123456', '447911654321', 'order.phone == G', 'Number(order.phone) === G', 'order.phone - G === 0'],
  ],
  'a password': [
    [
      '"correct-horse"',
      '"secret-donkey"',
      'order.customer.password === G',
      '[G].includes(order.customer.password)',
      'order.customer[order.field] === G',
      'order.members.get(order.field) === G',
      'Object.values(order.customer)[0] === G',
      'Object.values(order.customer).includes(G)',
      'JSON.stringify(order.customer) === `{"password":"${G}"}`',
      '({ [G]: 1 })[order.customer[order.field]] ?? 0',
      'order.customer[order.field] === G && order.list.map(x => order.list.map(y => y))',
      '[order.customer].some(customer => customer[order.field] === G)',
    ],
    ['"correct"', '"another"', 'order.customer[order.field].startsWith(G)', 'order.customer[order.field] < G'],
    ['13', '14', 'order.customer[order.field].length === G', 'order.customer.password.length < G'],
  ],
};

function withGuess(probe: string, guess: string): string {
  return probe.replaceAll('G', guess);
}

/** A literal put together of what nothing is found in; anything else as it is. */
function pieces(guess: string): string {
  const [, text] = /^"(.+)"$/.exec(guess) ?? [];
  if (text !== undefined) return `("${text.slice(0, text.length / 2)}" + "${text.slice(text.length / 2)}")`;
  const [, digits, big] = /^(\d+)(n?)$/.exec(guess) ?? [];
  return digits === undefined ? guess : `(${BigInt(digits) - 1n}${big} + 1${big})`;
}

type Asked = { condition: string } | { expressions: string[] };

/** How a probe is asked. */
const WAYS: readonly (readonly [string, (probe: string, guess: string) => Asked])[] = [
  ['conditions', (probe, guess) => ({ condition: withGuess(probe, guess) })],
  ['conditions with guesses in pieces', (probe, guess) => ({ condition: withGuess(probe, pieces(guess)) })],
  ['expressions', (probe, guess) => ({ expressions: [withGuess(probe, guess)] })],
];

for (const [what, attempts] of Object.entries(ATTEMPTS)) {
  describe(`an attacker who guesses ${what}`, () => {
    const attack = attacker();
    const tried = attempts.flatMap(([right, wrong, ...probes]) => probes.map((probe) => ({ probe, right, wrong })));
    for (const [way, ask] of WAYS) {
      it(proves('expressions:no-oracle', `${way} answer a right guess like a wrong one`), async () => {
        const rights = await attack.answersTo(tried.map(({ probe, right }) => ask(probe, right)));
        const wrongs = await attack.answersTo(tried.map(({ probe, wrong }) => ask(probe, wrong)));
        for (const [index, { probe, right }] of tried.entries()) {
          assert.deepEqual(rights[index], wrongs[index], `${probe} tells ${right}`);
          assert.doesNotMatch(JSON.stringify(rights[index]), /ann@|4111|7911123456|correct-horse/, probe);
        }
      });
    }
  });
}

describe('an attacker who wants the pseudonym of a guess', () => {
  const attack = attacker();

  it(proves('expressions:no-oracle', 'gets it neither by an expression nor by what is said of one'), async () => {
    const texts = [
      '"ann@example.com"',
      '({ "ann@example.com": 1 })',
      '["ann@", "example.com"].join("")',
      'order["ann@example.com"]',
    ];
    const pseudonym = createHmac('sha256', KEY).update('email\0ann@example.com').digest('base64url').slice(0, 8);
    const [shown] = await attack.answersTo([{ expressions: ['order.contact'] }]);
    assert.match(JSON.stringify(shown), new RegExp(pseudonym));
    const values = await attack.answersTo(texts.map((text) => ({ expressions: [text] })));
    for (const answer of values) {
      assert.ok('values' in answer);
      assert.doesNotMatch(JSON.stringify(answer.values), new RegExp(pseudonym));
    }
    const assigned = await attack.answersTo(texts.map((text) => ({ expressions: [`${text} = 1`] })));
    for (const answer of assigned) assert.ok('refused' in answer);
    assert.doesNotMatch(JSON.stringify(assigned), new RegExp(pseudonym));
    assert.match(JSON.stringify(assigned), /\[redacted:email\]/);
  });
});

describe('who asks for what is not hidden', () => {
  const attack = attacker();

  it('sees the difference between a right and a wrong guess', async () => {
    const texts = ['order.note === "gift"', 'order.note === "none"'];
    const [right, wrong] = await attack.answersTo(texts.map((condition) => ({ condition })));
    assert.notDeepEqual(right, wrong);
    const [shown, other] = await attack.answersTo(texts.map((text) => ({ expressions: [text] })));
    assert.notDeepEqual(shown, other);
  });

  it(proves('expressions:no-oracle', 'tests it beside what is hidden'), async () => {
    const conditions = [
      'order.note === "gift" && order.contact',
      'order.contact !== "gift" && order.ref !== order.note && order.number !== 5',
      'order.contact != null && typeof order.contact === "string" && typeof order.number === "number"',
      '!["gift", "x"].includes(order.contact) && order.list.includes("x") && order.list.indexOf("x") === 0',
      'order.message.includes("call") && order.list[0] === "x" && order.byContact.nobody === undefined',
      'order.contacts.has("nobody") === false && "nobody" in order.byContact === false',
    ];
    const answers = await attack.answersTo(conditions.map((condition) => ({ condition })));
    for (const [index, answer] of answers.entries())
      assert.ok('variables' in answer, `${conditions[index]}: ${JSON.stringify(answer)}`);
  });
});

/** An application for the tests around it, and what its probes answer. */
function attacker(): { answersTo(asked: readonly Asked[]): Promise<object[]> } {
  let broker: TestBroker;
  let application: Application;
  let count = 0;
  before(async () => {
    broker = await TestBroker.start();
    broker.policy = { revision: 1, keyNames: [], pseudonymKey: KEY };
    application = startApplication(broker, 'hidden.cjs');
    await broker.hello();
  });
  after(async () => {
    const { stderr } = await application.stop();
    await broker.close();
    assert.equal(stderr, '');
  });

  async function answersOf(asked: readonly Asked[]): Promise<object[]> {
    const ids = asked.map((one) => {
      const actionId = `action-${++count}`;
      broker.arm({ actionId, place: PLACE, ...one });
      return actionId;
    });
    const answers: object[] = [];
    for (const actionId of ids) answers.push(await broker.until(() => answerIn(broker.frames, actionId), 'answer'));
    for (const actionId of ids) broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
    for (const actionId of ids)
      await broker.until(() => broker.frames.some((frame) => isOver(frame, actionId)) || undefined, 'end');
    return answers;
  }

  return {
    async answersTo(asked) {
      const answers: object[] = [];
      for (let from = 0; from < asked.length; from += AT_ONCE)
        answers.push(...(await answersOf(asked.slice(from, from + AT_ONCE))));
      return answers;
    },
  };
}

/** All that the caller sees of an action, but for its own text, times and counts of passes. */
function answerIn(frames: readonly AgentFrame[], actionId: string): object | undefined {
  for (const frame of frames) {
    if (!('actionId' in frame) || frame.actionId !== actionId) continue;
    if (frame.type === 'failed') return { refused: frame.problem };
    if (frame.type === 'hit') {
      const { variables, values, redactions } = frame.hit;
      return { variables, redactions, values: values.map(({ value, error }) => ({ value, error })) };
    }
    if (frame.type !== 'status') continue;
    const { passes, conditionFalse, conditionErrors, conditionError } = frame.observation;
    // The text of an error can come after its count.
    if (conditionErrors > 0 ? conditionError === undefined : conditionFalse === 0) continue;
    return { isFalse: conditionFalse === passes, fails: conditionErrors === passes, conditionError };
  }
  return undefined;
}

function isOver(frame: AgentFrame, actionId: string): boolean {
  if (frame.type === 'failed') return frame.actionId === actionId;
  return frame.type === 'status' && frame.actionId === actionId && frame.removed;
}
