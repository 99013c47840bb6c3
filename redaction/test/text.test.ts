import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});

function redact(text: string): string {
  return redactor.text(text)?.text ?? text;
}

/** Hides exactly `secret` in the text, under this kind. */
function hides(before: string, secret: string, after: string, kind: string): void {
  assert.equal(redact(before + secret + after), `${before}[redacted:${kind}]${after}`);
}

function stays(...texts: string[]): void {
  for (const text of texts) assert.equal(redact(text), text);
}

/** Made here, so that no scanner takes this file for a leak. */
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const alnum = (length: number) => 'a1B2c3D4e5F6g7H8'.repeat(20).slice(0, length);
const hex = (length: number) => '0123456789abcdef'.repeat(20).slice(0, length);

test(
  proves('redaction:email', 'e-mail addresses are hidden, also in the middle of text, quoted and international'),
  () => {
    hides('from ', 'anna.b+shop@mail.example.co.uk', ', subject', 'email');
    hides('<', 'user@xn--80ak6aa92e.com', '>', 'email');
    hides('', '"John Doe"@example.com', '', 'email');
    hides('', 'jürgen@müller.de', ' ok', 'email');
    hides('at ', 'root@[192.0.2.1]', '', 'email');
    hides("{ email: '", 'a@b.io', "' }", 'email');
  },
);

test(proves('redaction:email', 'a percent-encoded e-mail address is hidden, and nothing of the URL around it'), () => {
  hides('/login?email=', 'jane%40example.com', '', 'email');
  hides('/u/', 'jane%40example.com', '/orders', 'email');
  hides('/x?a=1&mail=', 'jane.doe%2Bshop%40mail.example.co.uk', '&b=2', 'email');
  hides('/x?q=%7B%22mail%22%3A%22', 'jane%40example.com', '%22%7D', 'email');
  hides('/x?q=', 'j%C3%BCrgen%40example.com', '', 'email');
  hides('/to?next=%2Flogin%3Femail%3D', 'jane%40example.com', '', 'email');
  hides('/to?next=%252Flogin%253Femail%253D', 'jane%252Bshop%2540example.com', '%2526x%253D1', 'email');
  stays(
    '/%40babel/core',
    '/npm/react%4018.2.0/umd',
    '/@scope%2Fname',
    '100%40',
    'printf("%40s.x")',
    'a%4',
    '%2540b.com',
  );
});

test('what has an at sign and is no address stays', () => {
  stays(
    'express@4.18.2',
    'pkg@1.2.3-beta.next/x.js',
    'logo@2x.png',
    '@scope/name',
    'a @ b',
    'git@github.com:org/repo.git',
    '@Get() user',
    'x@y',
  );
});

test(proves('redaction:card', 'payment cards are known by issuer, length and check digit'), () => {
  for (const card of [
    '4111111111111111',
    '5555555555554444',
    '378282246310005',
    '30569309025904',
    '6011111111111117',
    '3530111333300000',
    '2223003122003222',
    '6200000000000005',
  ])
    hides('card ', card, ' ok', 'payment-card');
  hides('', '4111 1111 1111 1111', '', 'payment-card');
  hides('pan=', '4111-1111-1111-1111', ';', 'payment-card');
  hides('', '3782 822463 10005', ' 12/29', 'payment-card');
  hides('card ', '4111.1111.1111.1111', '. Next', 'payment-card');
  hides('', '3782.822463.10005', '', 'payment-card');
  hides('', '4111\u00a01111\u00a01111\u00a01111', '', 'payment-card');
});

test('numbers that are no cards stay', () => {
  stays(
    '4111111111111112', // check digit
    '1234567812345670', // issuer
    '0.4111111111111111',
    '4111.1111.1111.1112',
    '4111.1111.1111.1111.1',
    '1.4111.1111.1111.1111',
    '4111.1111-1111.1111',
    'a4111111111111111',
    '4111111111111111f',
    '41111111-1111-1111-1111-111111111111',
    '9780306406157', // ISBN
    '1763718000000', // milliseconds
    '2026-11-21 10:20:30.000',
    '1 +4111111111111111',
    '99999999999999999999999',
  );
});

test(proves('redaction:card', 'cards kept as numbers are found, other numbers are not'), () => {
  assert.deepEqual(redactor.number(4111111111111111), { kind: 'payment-card', of: 'number' });
  assert.deepEqual(redactor.number(4111111111111111n), { kind: 'payment-card', of: 'bigint' });
  assert.deepEqual(redactor.number(-4111111111111111), { kind: 'payment-card', of: 'number' });
  assert.deepEqual(redactor.number(-4111111111111111n), { kind: 'payment-card', of: 'bigint' });
  for (const number of [
    0,
    -1,
    1.5,
    4111111111111112,
    -4111111111111112,
    -1763718000000,
    -(10n ** 40n),
    1763718000000,
    2 ** 60,
    Number.NaN,
    Infinity,
    10n ** 40n,
  ])
    assert.equal(redactor.number(number), undefined);
});

test(proves('redaction:jwt', 'JSON Web Tokens are hidden where their header names an algorithm'), () => {
  const header = base64url({ alg: 'RS256', typ: 'JWT' });
  const token = `${header}.${base64url({ sub: '42' })}.${alnum(43)}`;
  hides('got ', token, ' here', 'jwt');
  hides('cut ', token.slice(0, header.length + 8), '', 'jwt');
  hides('', `${base64url({ alg: 'dir', enc: 'A256GCM' })}..${alnum(16)}.${alnum(20)}.${alnum(22)}`, '', 'jwt');
  stays(`${base64url({ typ: 'JWT' })}.x.y`, 'eyJhbGc', 'eyJAAAA.eyJBBB', 'eyes.on.you');
});

test(proves('redaction:header', 'of an Authorization value only the secret part is hidden'), () => {
  hides('Authorization: Bearer ', alnum(20), '', 'secret-name');
  hides('authorization: Basic ', Buffer.from('bob:pw').toString('base64'), '\r\nHost: x', 'secret-name');
  hides('"authorization":"Digest ', 'username="bob", response="6629"'.replaceAll('"', "'"), '"', 'secret-name');
  hides('sent Bearer ', alnum(20), ' to them', 'bearer-token');
  hides('sent Bearer\t', alnum(20), '', 'bearer-token');
  hides('authorization: Bearer \t', alnum(20), '', 'secret-name');
  hides('sent Basic\t', Buffer.from('bob:hunter2').toString('base64'), ', and', 'basic-credentials');
  hides('sent Basic ', Buffer.from('bob:hunter2').toString('base64'), ', and', 'basic-credentials');
  hides('curl -H "Authorization: token ', alnum(30), '" https://x', 'secret-name');
  stays(
    'the bearer of this letter',
    'Bearer authentication is required',
    'Bearer\tauthentication',
    'basic knowledge',
    'Authorization: required',
    'headers: { Authorization: `Bearer ${token}` }',
  );
});

test('of cookie headers the values are hidden, names and attributes stay', () => {
  assert.equal(
    redact('Set-Cookie: sid=abc123; Path=/; HttpOnly; Max-Age=3600\r\nServer: x'),
    'Set-Cookie: sid=[redacted:secret-name]; Path=/; HttpOnly; Max-Age=3600\r\nServer: x',
  );
  assert.equal(redact('cookie: a=1; b=two'), 'cookie: a=[redacted:secret-name]; b=[redacted:secret-name]');
});

test(proves('redaction:pem', 'private keys are hidden whole, also with written line breaks and without an end'), () => {
  const body = `${alnum(64)}\n${alnum(64)}`;
  const line = (side: string, label: string) => `-----${side} ${label}-----`;
  for (const label of [
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ]) {
    hides('key: "', `${line('BEGIN', label)}\n${body}\n${line('END', label)}`, '" rest', 'private-key');
    hides('cut ', `${line('BEGIN', label)}\n${body}`, '', 'private-key');
    hides(
      '{"k":"',
      `${line('BEGIN', label)}\\n${body.replace('\n', '\\n')}\\n${line('END', label)}`,
      '\\n"}',
      'private-key',
    );
  }
  stays(
    `${line('BEGIN', 'CERTIFICATE')}\n${body}\n${line('END', 'CERTIFICATE')}`,
    `${line('BEGIN', 'PUBLIC KEY')}\n${body}`,
    '-----BEGIN',
    '----------',
    `${line('BEGIN', 'PRIVATE KEY')}${line('END', 'PRIVATE KEY')}`,
  );
});

test('user info in a URL is hidden, the rest of the URL stays', () => {
  hides('postgres://', 'app:s3cr3t', '@db.internal:5432/shop', 'url-credentials');
  hides('https://', alnum(30), '@host/x?y=1', 'url-credentials');
  hides('redis://', ':p@ss', '@h:6379', 'url-credentials');
  stays(
    'https://example.com/a@b',
    'ssh://git@github.com/o/r',
    'postgres://${user}:${password}@host',
    'http://localhost:3000',
    'https://x?u=a@',
  );
});

test(proves('redaction:vendor', "vendors' tokens are hidden by prefix, alphabet and length"), () => {
  const tokens: [string, string][] = [
    ['github-token', `ghp_${alnum(36)}`],
    ['github-token', `github_pat_${alnum(22)}_${alnum(59)}`],
    ['gitlab-token', `glpat-${alnum(20)}`],
    ['npm-token', `npm_${alnum(36)}`],
    ['aws-access-key', `AKIA${'QWERTY234567'.repeat(2).slice(0, 16)}`],
    ['google-key', `AIza${alnum(35)}`],
    ['slack-token', `xoxb-${'1'.repeat(12)}-${alnum(24)}`],
    ['slack-webhook', `hooks.slack.com/services/T${alnum(8)}/B${alnum(8)}/${alnum(24)}`],
    ['stripe-key', `sk_live_${alnum(24)}`],
    ['openai-key', `sk-proj-${alnum(48)}`],
    ['anthropic-key', `sk-ant-api03-${alnum(93)}`],
    ['twilio-key', `SK${hex(32)}`],
    ['sendgrid-key', `SG.${alnum(22)}.${alnum(43)}`],
    ['huggingface-token', `hf_${alnum(34)}`],
    ['vault-token', `hvs.${alnum(24)}`],
    ['borescope-token', `bore_mcp_${alnum(38)}`],
  ];
  for (const [kind, token] of tokens) {
    hides('with ', token, ' and', kind);
    hides('["', token, '"]', kind);
  }
  stays(
    'sk-learn-is-a-library-for-machine-learning-in-python',
    'ghp_short',
    'npm_config_registry',
    'AKIA',
    `AKIA${alnum(40)}`,
    'glpat-',
    'SK',
    'key-value',
  );
});

test('a value given to a telling name is hidden, and nothing around it', () => {
  const cases: [string, string, string][] = [
    ['{"user":"bob","password":"', 'p"a'.replace('"', '\\"'), '","age":3}'],
    ['{"pin_code":', '1234', ',"x":1}'],
    ['{"tokens_x":1,"accessTokens":["', 'one', '"]}'],
    ['{\\"apiKey\\":\\"', 'abc', '\\",\\"x\\":1}'],
    ['/cb?token=', 'abcdef', '&state=1'],
    ['API_KEY=', 'abc-def', '\nPORT=80'],
    ['password: ', 'hunter2', ''],
    ['User(name=bob, password=', 'swordfish', ', age=3)'],
    ['deploy --password ', 'hunter2', ' --force'],
    ["{ password: '", 'x y z', "', id: 1 }"],
    ['x-api-key: ', 'abc', '\r\nhost: h'],
    ['"GET /\\r\\nX-Api-Key: ', 'hunter', '\\r\\nHost: h\\r\\n"'],
    ['"passwd" => "', 'abc', '",'],
    ['db_password := "', 'abc', '"'],
    ["{password:'", 'abc', "'}"],
    ['  aws_secret_access_key: ', 'words with spaces', '\nregion: x'],
  ];
  for (const [before, secret, after] of cases) {
    const kind = before.includes('pin') ? 'code-name' : 'secret-name';
    hides(before, secret, after, kind);
  }
  assert.equal(
    redact('tokens: {"secrets":["a1","b2"]}'),
    'tokens: {"secrets":["[redacted:secret-name]","[redacted:secret-name]"]}',
  );
  hides('X-Forwarded-For: ', '203.0.113.7, 2001:db8::1', '\r\nHost: h', 'personal-name');
  stays("'x-forwarded-for': request.ip");
});

test('source code stays readable: only literals are hidden in it', () => {
  stays(
    'const password = hash(input);',
    'const token = input',
    'this.password = password;',
    'let secret = req.body.secret;',
    'function login(user: string, password: string): boolean {',
    '  password?: string;',
    '  session: SessionStore',
    'if (token === undefined || token == null) return;',
    'if (password !== confirmation) throw new Error();',
    'const { token, cookie } = req;',
    'return ok ? token : fallback',
    'headers: { cookie: req.headers.cookie }',
    'authorization: `Bearer ${await getToken(id)}`',
    'const apiKey = process.env.API_KEY;',
    'password: user.password,',
    'connect({ password: dbPassword, token: await load() })',
    'secret ??= options.secret',
    'log(`token=${token}`)',
    "throw new Error('password: must be longer than 8')",
    'const token = match?.[1];',
    'const session = this.#session;',
    'sessionId: transport?.sessionId,',
    'progressToken: z.ZodOptional<z.ZodString>;',
    'refreshToken: messageId',
    "if (typeof token !== 'string') return;",
    "console.error('cannot parse the session cookie:', error);",
    "grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'",
    'secret:!0,',
    'const jti = `${Date.now()}-${count}`;',
    '* - For client_credentials: detected by grant type',
    "const SECRET = ['password', 'token'];",
    'const LONGEST_SECRET = 64;',
    'const kind = secret ? "secret" : isPrivateKey ? "private" : "public";',
    'name(type === "oauth" ? "OAuth" : "OpenID")',
    '* - `client_secret_post`: Credentials in the body',
    "log(`resumption token: ${last || 'none'}`);",
    'const SECRET_EXPIRY_SECONDS = 30 * 24 * 60 * 60;',
    "const AUTHORIZATION_CODE_CHALLENGE_METHOD = 'S256';",
  );
  hides("const password = '", 'hunter2', "';", 'secret-name');
  hides('if (apiKey === "', 'abc123', '") {', 'secret-name');
  hides('const pin = ', '4711', ';', 'code-name');
});

test(proves('redaction:ordinary', 'harmless things that look odd stay'), () => {
  stays(
    '9f8b7c6d-1234-4abc-8def-0123456789ab',
    'd41d8cd98f00b204e9800998ecf8427e',
    '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '1.0.0-alpha.1+build.5',
    '978-3-16-148410-0',
    '$1,234.56 €99',
    '#ff8800 rgba(1,2,3,.5)',
    '2026-11-21T10:11:12.131Z',
    'C:\\Users\\x: y=z',
    'token expired; session closed',
    'Token: expired',
    'password: null, token: undefined',
    'max_tokens=100&total_tokens: 17',
  );
});

test('a placeholder is not redacted again', () => {
  const once = redact(
    `{"password":"abc","mail":"a@b.io","t":"Bearer ${alnum(20)}","u":"https://a:b@c"} token=abc Cookie: a=b`,
  );
  assert.equal(redactor.text(once), undefined);
  assert.equal(redactor.text('password=[redacted:email:aB3_-x9q]'), undefined);
  assert.equal(redact('password=[redacted:email]abc'), 'password=[redacted:secret-name]');
});
