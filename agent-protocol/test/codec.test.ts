import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { decodeAgentFrame, decodeBrokerFrame, encodeFrame } from '../src/codec.ts';
import { LIMITS } from '../src/limits.ts';
import { AGENT_BOUNDS, type Bound, BROKER_BOUNDS } from './bounds.ts';
import {
  agentFrames,
  brokerFrames,
  conversations,
  type GoldenFrame,
  golden,
  hitWith,
  invalidFrames,
  values,
  withValueAt,
} from './golden.ts';

const decoders = { agent: decodeAgentFrame, broker: decodeBrokerFrame };

/** Round trip: what is decoded, encoded and decoded again is the frame that was sent. */
function assertRoundTrip(decode: typeof decodeAgentFrame | typeof decodeBrokerFrame, frame: unknown): void {
  const first = decode(JSON.stringify(frame));
  assert.ok(first.ok, first.ok ? '' : first.reason);
  assert.deepEqual(first.frame, frame);
  const again = decode(encodeFrame(first.frame));
  assert.ok(again.ok);
  assert.deepEqual(again.frame, frame);
}

function assertBounds(decode: (text: string) => { ok: boolean }, bounds: readonly Bound[]): void {
  for (const { frame, path, inside, beyond } of bounds) {
    const answer = (value: unknown) => decode(JSON.stringify(withValueAt(golden(frame), path, value))).ok;
    for (const value of inside) assert.equal(answer(value), true, `${frame}: ${path} = ${shown(value)}`);
    for (const value of beyond) assert.equal(answer(value), false, `${frame}: ${path} = ${shown(value)}`);
  }
}

const shown = (value: unknown) => `${JSON.stringify(value) ?? 'absent'}`.slice(0, 60);

/** A hit whose one variable is `levels` arrays inside each other: 2 JSON levels each, 5 around them. */
function nestedHit(levels: number): string {
  const marker = '"innermost"';
  const text = JSON.stringify(hitWith('innermost'));
  return text.replace(marker, `${'{"type":"array","items":['.repeat(levels)}{"type":"null"}${']}'.repeat(levels)}`);
}

describe('a frame', () => {
  const ignoredField = 'a field from a later revision is ignored';

  for (const [side, frames] of Object.entries({ agent: agentFrames, broker: brokerFrames })) {
    for (const { name, frame } of frames.filter((entry) => entry.name !== ignoredField)) {
      test(`of the ${side} crosses the wire unchanged: ${name}`, () => {
        assertRoundTrip(side === 'agent' ? decodeAgentFrame : decodeBrokerFrame, frame);
      });
    }
  }

  test('of every type of either side is among the golden frames', () => {
    const types = (frames: readonly { frame: GoldenFrame }[]) =>
      [...new Set(frames.map(({ frame }) => frame.type))].sort();
    assert.deepEqual(types(agentFrames), ['armed', 'failed', 'hello', 'hit', 'inspected', 'pending', 'status']);
    assert.deepEqual(types(brokerFrames), ['ack', 'arm', 'disarm', 'drain', 'inspect', 'policy', 'resend', 'welcome']);
  });

  test(proves('wire:unknown-fields', 'may carry fields that the receiver does not know: they are left out'), () => {
    const fromAgent = decodeAgentFrame('{"type":"pending","actionId":"act_01","since":1,"detail":{"nested":[1]}}');
    assert.deepEqual(fromAgent, { ok: true, frame: { type: 'pending', actionId: 'act_01' } });
    const fromBroker = decodeBrokerFrame('{"type":"ack","actionId":"act_01","sequence":1,"storedAt":5}');
    assert.deepEqual(fromBroker, { ok: true, frame: { type: 'ack', actionId: 'act_01', sequence: 1 } });
  });

  test('of an agent is refused just beyond each of its bounds and taken just inside', () => {
    assertBounds(decodeAgentFrame, AGENT_BOUNDS);
  });

  test('of a broker is refused just beyond each of its bounds and taken just inside', () => {
    assertBounds(decodeBrokerFrame, BROKER_BOUNDS);
  });

  for (const { name, frames } of conversations) {
    test(`of a golden conversation is valid: ${name}`, () => {
      for (const { from, frame } of frames) {
        const decoded = decoders[from](JSON.stringify(frame));
        assert.ok(decoded.ok, decoded.ok ? '' : `${frame.type}: ${decoded.reason}`);
      }
    });
  }
});

describe('a captured value', () => {
  for (const { name, value } of values) {
    test(`crosses the wire unchanged: ${name}`, () => assertRoundTrip(decodeAgentFrame, hitWith(value)));
  }

  test('of every kind is among the golden values', () => {
    const kinds =
      'undefined null boolean number bigint string symbol object array map set error date regexp function promise buffer proxy getter hole uninitialized not_captured circular depth truncated redacted';
    assert.deepEqual([...new Set(values.map(({ value }) => value.type))].sort(), kinds.split(' ').sort());
  });

  test('named __proto__ or constructor is an entry of a list and reaches no prototype', () => {
    const name = 'an object with the names __proto__ and constructor';
    const value = values.find((entry) => entry.name === name)?.value;
    const decoded = decodeAgentFrame(JSON.stringify(hitWith(value)));
    assert.ok(decoded.ok && decoded.frame.type === 'hit');
    const captured = decoded.frame.hit.variables[0]?.value;
    assert.ok(captured?.type === 'object');
    assert.deepEqual(
      captured.properties.map((property) => property.name),
      ['__proto__', 'constructor'],
    );
  });
});

describe('a text that is no frame', () => {
  for (const { name, from, text } of invalidFrames) {
    test(`is refused with a reason, and nothing is thrown: ${name}`, () => {
      const decoded = decoders[from](text);
      assert.ok(!decoded.ok);
      assert.match(decoded.reason, /\S/);
      assert.ok(decoded.reason.length <= 512);
    });
  }

  test('is told what is wrong with it in words, and nothing of its own text', () => {
    const reasonOf = (frame: unknown) => {
      const decoded = decodeAgentFrame(JSON.stringify(frame));
      return decoded.ok ? undefined : decoded.reason;
    };
    for (const other of [[], null, 7, 'text', true]) assert.equal(reasonOf(other), 'a frame is a JSON object');
    for (const type of ['dance'.repeat(99), 7, null, undefined]) assert.equal(reasonOf({ type }), 'unknown frame type');
    assert.equal(reasonOf({ type: 'pending' }), 'actionId is missing or of another JSON type');
    assert.equal(reasonOf({ type: 'pending', actionId: '' }), 'actionId is too small or too short');
    assert.equal(reasonOf(hitWith({ type: 'dance' })), 'hit.variables.0.value.type is unknown');
  });

  test(proves('wire:forbidden-keys', 'adds nothing to any prototype'), () => {
    for (const { from, text } of invalidFrames) decoders[from](text);
    assert.equal(Reflect.get({}, 'admin'), undefined);
  });

  test('is refused without a word of what was captured', () => {
    const decoded = decodeAgentFrame(JSON.stringify(hitWith({ type: 'string', value: { hunter2: 'hunter2' } })));
    assert.ok(!decoded.ok);
    assert.doesNotMatch(decoded.reason, /hunter2/);
    assert.match(decoded.reason, /hit\.variables\.0\.value/);
  });

  test('may hold half of a surrogate pair: in a name, in a value and outside of strings', () => {
    const inValue = decodeAgentFrame(JSON.stringify(hitWith({ type: 'string', value: '\ud800' })));
    assert.ok(inValue.ok);
    const raw = decodeAgentFrame(`{"type":"pending","actionId":"a\ud800"}`);
    assert.ok(raw.ok);
    assert.ok(!decodeAgentFrame(`{"type":"pending",\udc00"actionId":"a"}`).ok);
  });
});

describe('the size of a frame', () => {
  const padded = (bytes: number, fill: string) => {
    const head = '{"type":"pending","actionId":"a","pad":"';
    const count = Math.floor((bytes - head.length - 2) / Buffer.byteLength(fill));
    const text = `${head}${fill.repeat(count)}"}`;
    return text + ' '.repeat(bytes - Buffer.byteLength(text));
  };

  test(proves('limits:frame', 'may be 1 MiB and not a byte more'), () => {
    assert.ok(decodeAgentFrame(padded(1_048_576, 'x')).ok);
    const beyond = decodeAgentFrame(padded(1_048_577, 'x'));
    assert.deepEqual(beyond, { ok: false, reason: 'frame above 1048576 bytes' });
  });

  test('is counted in bytes of UTF-8, not in code units', () => {
    for (const fill of ['é', '€', '😀']) {
      assert.ok(decodeAgentFrame(padded(1_048_576, fill)).ok, fill);
      assert.ok(!decodeAgentFrame(padded(1_048_577, fill)).ok, fill);
    }
  });
});

describe('the nesting of a frame', () => {
  test('is refused beyond its limit, where nothing has recursed yet', () => {
    const deepest = Math.floor((LIMITS.frameNesting - 6) / 2);
    assert.ok(decodeAgentFrame(nestedHit(deepest)).ok);
    const beyond = decodeAgentFrame(nestedHit(deepest + 1));
    assert.deepEqual(beyond, { ok: false, reason: 'frame nested more than 64 deep' });
  });

  test(proves('limits:frame', 'of a hostile megabyte does not overflow the stack'), () => {
    const full = LIMITS.frameBytes;
    const hostile = [
      '['.repeat(full / 2) + ']'.repeat(full / 2),
      '['.repeat(full),
      `${'{"a":'.repeat(full / 6)}1${'}'.repeat(full / 6)}`,
      `${'{"__proto__":'.repeat(full / 14)}1${'}'.repeat(full / 14)}`,
      nestedHit(35_000),
      nestedHit(35_000).slice(0, full / 2),
    ];
    for (const text of hostile) {
      assert.equal(decodeAgentFrame(text).ok, false);
      assert.equal(decodeBrokerFrame(text).ok, false);
    }
  });

  test('does not count brackets inside of strings', () => {
    const brackets = '[{'.repeat(400);
    for (const value of [brackets, `"${brackets}`, `\\"${brackets}`, `${brackets}\\`]) {
      assert.ok(decodeAgentFrame(JSON.stringify(hitWith({ type: 'string', value }))).ok);
    }
  });
});
