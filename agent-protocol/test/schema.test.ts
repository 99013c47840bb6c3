import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { proves } from '../../tests/proves.ts';
import { decodeAgentFrame, decodeBrokerFrame } from '../src/codec.ts';
import { CLOSE, LIMITS, PROTOCOL } from '../src/index.ts';
import { AGENT_BOUNDS, BROKER_BOUNDS } from './bounds.ts';
import { agentFrames, brokerFrames, golden, hitWith, invalidFrames, values, withValueAt } from './golden.ts';

const document = z.record(z.string(), z.unknown());
const readJson = (url: URL | string) => document.parse(JSON.parse(readFileSync(new URL(url), 'utf8')));
const read = (path: string) => readJson(new URL(`../${path}`, import.meta.url));

// Lengths in UTF-16 code units, as the decoder counts them.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, unicode: false });
const schemas = {
  agent: ajv.compile(read('schema/agent-frame.json')),
  broker: ajv.compile(read('schema/broker-frame.json')),
};
const decoders = { agent: decodeAgentFrame, broker: decodeBrokerFrame };

function assertAgreement(side: 'agent' | 'broker', frame: unknown, name: string): void {
  const text = JSON.stringify(frame);
  const bySchema = schemas[side](JSON.parse(text));
  const decoded = decoders[side](text);
  const why = decoded.ok ? ajv.errorsText(schemas[side].errors) : decoded.reason;
  assert.equal(bySchema, decoded.ok, `${name}: ${why}`);
}

describe('the JSON Schema', () => {
  test('takes every golden frame', () => {
    for (const { name, frame } of agentFrames) assert.ok(schemas.agent(frame), name);
    for (const { name, frame } of brokerFrames) assert.ok(schemas.broker(frame), name);
  });

  test('takes every golden value', () => {
    const capturedValue = ajv.compile(read('schema/captured-value.json'));
    for (const { name, value } of values) {
      assert.ok(capturedValue(value), name);
      assert.ok(schemas.agent(hitWith(value)), name);
    }
    assert.equal(capturedValue({ type: 'weakmap' }), false);
  });

  test('refuses every invalid frame that is JSON and holds no forbidden key', () => {
    for (const { name, from, text } of invalidFrames) {
      let frame: unknown;
      try {
        frame = JSON.parse(text);
      } catch {
        continue;
      }
      // Forbidden keys are the decoder's alone: JSON Schema cannot see a key that the parser made a prototype of.
      if (/proto|constructor/.test(text)) continue;
      assert.equal(schemas[from](frame), false, name);
    }
  });

  test(proves('wire:schemas', 'draws every bound where the decoder draws it'), () => {
    for (const [side, bounds] of [
      ['agent', AGENT_BOUNDS],
      ['broker', BROKER_BOUNDS],
    ] as const) {
      for (const { frame, path, inside, beyond } of bounds) {
        for (const value of [...inside, ...beyond]) {
          assertAgreement(side, withValueAt(golden(frame), path, value), `${frame}: ${path}`);
        }
      }
    }
  });
});

describe('the AsyncAPI document', () => {
  const asyncApi = read('asyncapi.json');

  test('is valid by the official schema of AsyncAPI 3', () => {
    const schema = readJson(import.meta.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'));
    // The official schema is draft 7 with formats and keywords of its own that need no checking here.
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    assert.ok(validate(asyncApi), JSON.stringify(validate.errors?.slice(0, 3)));
    assert.equal(validate({ ...asyncApi, channels: { agent: { address: 1 } } }), false);
  });

  test('resolves every reference inside itself', () => {
    const references = [...JSON.stringify(asyncApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target);
    assert.ok(references.length > 50);
    for (const target of new Set(references)) {
      assert.match(target, /^#\//);
      const steps = target.slice(2).split('/');
      const found = steps.reduce<unknown>((at, step) => document.safeParse(at).data?.[step], asyncApi);
      assert.ok(found !== undefined, target);
    }
  });

  test('names every frame, limit, version and close code', () => {
    const parsed = z
      .object({
        info: z.object({ 'x-limits': document, 'x-close-codes': document, 'x-protocol-versions': document }),
        operations: document,
      })
      .parse(asyncApi);
    assert.deepEqual(parsed.info['x-limits'], { ...LIMITS });
    assert.deepEqual(parsed.info['x-close-codes'], { ...CLOSE });
    assert.deepEqual(parsed.info['x-protocol-versions'], { ...PROTOCOL });
    const types = new Set([...agentFrames, ...brokerFrames].map(({ frame }) => frame.type));
    assert.deepEqual(Object.keys(parsed.operations).sort(), [...types].sort());
  });

  test(proves('wire:schemas', 'describes payloads that take the golden frames'), () => {
    const { components } = z.object({ components: z.object({ schemas: document }) }).parse(asyncApi);
    const draft7 = new Ajv({ strict: true, allowUnionTypes: true });
    const frameOf = (id: string) => draft7.compile({ $ref: `#/components/schemas/${id}`, components });
    draft7.addKeyword('components');
    const agentFrame = frameOf('AgentFrame');
    for (const { name, frame } of agentFrames) assert.ok(agentFrame(frame), name);
    const brokerFrame = frameOf('BrokerFrame');
    for (const { name, frame } of brokerFrames) assert.ok(brokerFrame(frame), name);
  });
});
