import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { hides as hidesAs, stays } from './hiding.ts';

const SECRETS = ['hunter2', 'swordfish'];

function hides(before: string, after: string, kind = 'secret-name'): void {
  for (const secret of SECRETS) hidesAs(before, secret, after, kind);
}

test(proves('redaction:names', 'the value behind the name of a header in a flat list is hidden'), () => {
  hides('["Host","h","X-Api-Key","', '"]');
  hides("[ 'Host', 'h', 'x-auth-token', '", "', 'Accept', '*/*' ]");
  hides('{"rawHeaders":["Host","h","Authorization","Bearer ', '","A","b"]}');
  hides('["Accept","*/*","Cookie","sid=', '"]');
  hides('"[\\"Host\\",\\"h\\",\\"X-Api-Key\\",\\"', '\\"]"');
  hidesAs('["host","h",\n  "set-cookie",\n  "sid=', 'hunter2', '; Path=/"]', 'secret-name');
  stays(
    '["content-type","etag","x-api-key","authorization"]',
    '["accept","origin","x-csrf-token","accept-language"]',
    '["X-Api-Key","Host"]',
    '["accept","authorization","host","cookie"]',
    "'a', 'x-api-key', 'b'",
    '{"x-powered-by":"Express","x-api-key":""}',
    "['authorization_code', 'access_token', 'expires_in']",
  );
});

test(proves('redaction:names', 'a pair that stands alone hides a value that is no word'), () => {
  hidesAs('["password","', 'hunter2', '"]', 'secret-name');
  hidesAs('{"entry":["api_key","', 'a1b2c3', '"]}', 'secret-name');
  stays(
    '["password","email"]',
    '["token","access"]',
    'pick(user, ["password", "salt"])',
    '["password","username","a1b2c3"]',
  );
});

test(proves('redaction:names', 'an operator that is written as its code gives a value, too'), () => {
  for (const operator of [
    '\\u003d',
    '\\u003D',
    '\\x3d',
    '&#61;',
    '&#x3D;',
    '&equals;',
    '\\u003a',
    '&#58;',
    '&colon;',
  ]) {
    hides(`password${operator}`, '');
    hides(`a\\u0026token${operator}`, '\\u0026b');
    hides(`say \\"password\\"${operator}\\"`, '\\",');
    hides(`x api_key${operator} "`, '"');
    stays(`author${operator}bob`, `password${operator}`, `password${operator}\${x}`, `${operator}abc`);
  }
});

test(proves('redaction:names', 'a plain value of YAML on the next line is hidden'), () => {
  hides('password:\n  ', '\nport: 1');
  hides('db:\n  password:\r\n    ', '\r\n');
  hides('"api_key":\n  ', '');
  stays(
    'password:\nport: 1',
    'password:\n  type: string',
    'password:\n  - a1b2',
    'password:\n  options.password,',
    'password:\n    given(),',
    'password:\n  $PASSWORD\n',
    'tokens:\n  two words here',
    'password:\nhunter2',
  );
});

test(
  proves('redaction:identifier', 'a social security number is hidden behind the words for it, without a sign between'),
  () => {
    for (const number of ['078-05-1120', '078 05 1120', '078051120', '219-09-9999']) {
      for (const before of ['ssn ', 'SSN: ', 'my SSN is ', 'social security number ', 'Social Security No. ', 'SSN# '])
        hidesAs(before, number, ', they said', 'us-ssn');
    }
    stays('ssn 078-05-112', 'ssn 078-05-11201', 'lessn 078-05-1120', 'ssn_count 078-05-1120', 'ssn 1 of 078-05-1120x');
  },
);
