import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Policy } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { redactorOf, rulesOf } from '../src/application/redaction.ts';
import { CurrentPolicy } from '../src/probes/policy.ts';
import { readSettings } from '../src/settings/settings.ts';

const NOTHING = { files: [], packages: [], classes: [] };
const SECRET = 'password=hunter2hunter2';
const OPEN: Policy = {
  revision: 1,
  mode: 'off',
  keyNames: ['shoeSize'],
  literals: ['Nightingale'],
  exceptions: { names: ['password'], values: ['ann@example.com'], kinds: ['email'] },
};

function shownBy(policy: Policy, floor: 'policy' | 'standard' | 'strict', text: string): string {
  return redactorOf(rulesOf(policy, floor)).text(text)?.text ?? text;
}

test(proves('redaction:floor', 'a process that insists on its redaction keeps it, whatever its broker says'), () => {
  assert.equal(shownBy(OPEN, 'policy', SECRET), SECRET, 'left to the policy');
  assert.equal(shownBy(OPEN, 'standard', SECRET), 'password=[redacted:secret-name]');
  assert.equal(shownBy(OPEN, 'standard', 'ann@example.com'), '[redacted:email]');
  assert.equal(shownBy(OPEN, 'standard', 'Nightingale'), '[redacted:policy-literal]', 'what a policy adds stays');
  assert.equal(shownBy(OPEN, 'strict', 'harmless'), '[redacted:strict]');
  assert.equal(shownBy({ ...OPEN, mode: 'strict' }, 'standard', 'harmless'), '[redacted:strict]');
  assert.equal(shownBy({ revision: 1, keyNames: [] }, 'strict', 'harmless'), '[redacted:strict]');
});

test(
  proves('redaction:floor', 'it holds before a broker has said anything, and for the messages to the other thread'),
  () => {
    assert.equal(new CurrentPolicy(NOTHING, 'strict').redactor.mode, 'strict');
    const policy = new CurrentPolicy(NOTHING, 'standard');
    const { mode, exceptNames, exceptValues, exceptKinds } = policy.set(OPEN);
    assert.deepEqual([mode, exceptNames, exceptValues, exceptKinds], ['standard', [], [], []]);
    assert.equal(policy.redactor.mode, 'standard');
  },
);

test('it is read from the environment and from the options, and a wrong one is told', () => {
  const token = { BORESCOPE_TOKEN: 'bore_agt_x' };
  const read = (options: object, environment: object) => {
    const settings = readSettings(options, { ...token, ...environment });
    return settings.ok ? settings.settings.redaction : settings.reason;
  };
  assert.equal(read({}, {}), 'policy');
  assert.equal(read({}, { BORESCOPE_REDACTION: 'strict' }), 'strict');
  assert.equal(read({ redaction: 'standard' }, { BORESCOPE_REDACTION: 'strict' }), 'standard');
  assert.equal(read({}, { BORESCOPE_REDACTION: 'off' }), 'BORESCOPE_REDACTION must be policy, standard, strict');
});
