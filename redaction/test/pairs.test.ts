import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, isHolding, isNaming, namesBeside, pairRole } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides as hidesAs, stays } from './hiding.ts';

const SECRET = 'correct-horse';

function hides(before: string, after: string): void {
  hidesAs(before, SECRET, after, 'secret-name');
}

const NAMING =
  `name key header field property attribute param parameter variable env option setting id label code k n prop
  attr Name KEY fieldName column path`.split(/\s+/);
const HOLDING = 'value val data content text v secret Value VAL default newValue raw'.split(' ');

test(
  proves('redaction:names', 'a value is hidden whose name stands beside it, whatever the two keys are called'),
  () => {
    for (const naming of NAMING) {
      for (const holding of HOLDING) {
        hides(`{"${naming}":"password","${holding}":"`, '"}');
        hides(`{ ${naming}: 'API_KEY', ${holding}: '`, "' }");
      }
      hides(`[{\\"${naming}\\": \\"api-key\\", \\"value\\": \\"`, '\\"}]');
    }
    hides('{"name":"password","values":["', '"]}');
    hides('{"type":"password","value":"', '"}');
    hides('{"path":["user","password"],"value":"', '"}');
    hides('{"op":"replace","path":[\n  "password"\n],\n"value":"', '"}');
    hides('{"value":"', '","path":["user","password"]}');
    hides("{ path: [ 'password' ], value: '", "' }");
    hides('{"type":"access_token","value":"', '"}');
    hides('{"op":"replace","path":"/user/password","value":"', '"}');
  },
);

test(proves('redaction:names', 'the name may stand behind its value, and other properties between the two'), () => {
  hides('{"value":"', '","name":"password"}');
  hides("{ val: '", "', key: 'apiKey' }");
  hides('{\\"value\\":\\"', '\\",\\"name\\":\\"password\\"}');
  hides('{"id":7,"value":"', '","name":"password"}');
  hides('[{"value":"80","name":"port"},{"value":"', '","name":"password"}]');
  hides('{"name":"password","type":"text","required":true,"value":"', '"}');
  hides('{"name":"X-Api-Key","in":"header","pattern":"^{8}$","value":"', '"}');
  hides('<property\n  name="password"\n  value="', '"/>');
  hides('- name: DB_PASSWORD\n  type: plain\n  value: ', '\n');
  hides('{"a":[{"name":"x","value":"y"},{"name":"password","value":"', '"}]}');
});

test(proves('redaction:ordinary', 'what stands beside the name of something else stays'), () => {
  stays(
    '{"id":"forgot_password","value":"Forgot your password?"}',
    '{"key":"password","value":"Mot de passe"}',
    '{"name":"auth_tokens_issued_total","value":"12"}',
    '{"path":["password","length"],"value":"8"}',
    '{"path":[],"value":"open"}',
    '{"id":"token-list","value":"open"}',
    '{"type":"token","value":"("}',
    '{"type":"StringToken","value":"abc1"}',
    '{ type: "end_token", value: "x" }',
    '{"id":"password-hint","value":"open"}',
    '{"label":"Password","text":"Enter it here"}',
    '{"key":"token","text":"Token"}',
    '{"name":"password"},{"name":"port","value":"80"}',
    '{"name":"password","rules":{"value":"8"}}',
    '{"value":"80","name":"port"},{"name":"password"}',
    '{"name":"port","value":"80","key":"password"}'.replace('key', 'also'),
    '<label name="password"></label><input value="80">',
    '- value: 80\n- name: password\n',
    '- name: password\n- value: 80\n',
    'name=token_refresh took 5 ms\nat=1 value=80',
    'key=a value=80 key=password took 5 ms',
    '{"id":"7","value":"80"}',
    "{ name: 'password', value: state.password }",
  );
});

test('a pair of properties is judged by the keys, the name and the value', () => {
  const redactor = createRedactor({});
  const beside = (naming: string, name: string, holding: string, text?: string) =>
    namesBeside(redactor, pairRole(naming, 0, naming.length), name, pairRole(holding, 0, holding.length), text);
  assert.ok(beside('name', 'password', 'value'));
  assert.ok(beside('K', 'password', 'V'));
  assert.ok(beside('id', 'user-password', 'val', 'x'));
  assert.ok(beside('code', 'apiKey', 'data', 'x'));
  assert.ok(beside('label', 'Password', 'text', 'x'));
  assert.ok(beside('kind', 'secret', 'value', 'x'));
  assert.ok(!beside('id', 'tokenList', 'value', 'open'));
  assert.ok(!beside('type', 'token', 'value', '('));
  assert.ok(!beside('label', 'Password', 'text', 'Enter your password'));
  assert.ok(!beside('label', 'Password', 'text', 'Password'));
  assert.ok(!beside('key', 'confirmPassword', 'value', 'Confirm password'));
  assert.ok(beside('key', 'password', 'value', 'Password'));
  assert.ok(!beside('label', 'Password', 'value', 'password'), 'of a menu');
  assert.ok(beside('path', 'password', 'lhs', 'x') && beside('path', 'password', 'rhs', 'x'), 'of a difference');
  assert.ok(beside('key', 'password', 'value', 'my secret password 7'));
  assert.ok(!beside('name', 'tokens', 'data'), 'of a chart');
  for (const key of ['', 'names', 'valued', 'xname', 'nam', 'ключ', 'n1'])
    assert.ok(!isNaming(pairRole(key, 0, key.length)) && !isHolding(pairRole(key, 0, key.length), 'x'), key);
});
