import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});

function redact(text: string): string {
  return redactor.text(text)?.text ?? text;
}

/** Hides exactly `secret` in the text, under this kind. */
function hides(before: string, secret: string, after: string, kind = 'secret-name'): void {
  assert.equal(redact(before + secret + after), `${before}[redacted:${kind}]${after}`);
}

function stays(...texts: string[]): void {
  for (const text of texts) assert.equal(redact(text), text);
}

const random = 'aB3dE5gH7jK9mN1pQ3sT5vW7';

test(proves('redaction:names', 'names of signed URLs, of products and of other languages hide their values'), () => {
  const hidden = `X-Amz-Credential xAmzSignature X-Amz-Security-Token X-Goog-Signature X-Goog-Credential sig Signature
    SONAR_LOGIN sonar.login sumologic_access_id SUMO_ACCESS_ID BUNDLE_GEMS__CONTRIBSYS__COM hubspotKey STRIPE_KEY
    cloudantKey googleMapsKey SENTRY_DSN database_dsn preSharedKey wifi_psk dbPass MYSQLPASS keyPass motDePasse
    ocp-apim-subscription-key x-functions-key writeKey clientAssertion SAMLResponse _gitlab_session KUBECONFIG
    .dockerconfigjson htpasswd tls.key newrelicInsertKey hashSalt unseal_key oauth_verifier laravel_session
    express.sid authorizationCode contraseña x-hub-signature-256 Stripe-Signature x-signature __Host-session doorCode
    accessCode activationKey`.split(/\s+/);
  for (const name of hidden) assert.notEqual(redactor.name(name), undefined, name);
  const clean = `X-Amz-Date X-Amz-Algorithm X-Amz-Expires X-Goog-Date cacheKey primaryKey sortKey partitionKey redisKey
    jiraKey keyboard keystone stripe google maps sonar sumo login accessId signatureVersion passport compassKey saltLake basalt
    sessionCount userCode courseCode authMode`;
  for (const name of clean.split(/\s+/)) assert.equal(redactor.name(name), undefined, name);
});

test('a signed URL loses its signature and stays readable', () => {
  assert.equal(
    redact('https://b.s3.amazonaws.com/k?X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-Signature=0a1b&x=1'),
    'https://b.s3.amazonaws.com/k?X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-Signature=[redacted:secret-name]&x=1',
  );
  hides('https://a.blob.core.windows.net/c?sv=2024-01-01&se=2026-01-01&sig=', 'a%2Bb%3D', '&sp=r');
  hides('https://d.cloudfront.net/i.jpg?Expires=1&Signature=', 'aBc-dEf_', '&Key-Pair-Id=K1');
});

test(proves('redaction:header', 'of schemes of vendors only the credentials are hidden'), () => {
  hides('Authorization: SSWS ', '00a1b2c3', '\r\nHost: h');
  hides('Authorization: Bot ', 'aa.bb.cc', '\nx');
  hides('Authorization: AWS ', 'KEY:c2ln', '\nx');
});

test('values are found in percent-encoded text, also encoded twice', () => {
  hides('/login?next=%2Fcb%3Ftoken%3D', 'abc', '%26x%3D1&y=2');
  hides('q=%7B%22password%22%3A%22', 'hunter2', '%22%2C%22n%22%3A1%7D');
  hides('q=%7B%22apiKey%22%3A%20%22', 'abc', '%22%7D');
  hides('%257B%2522password%2522%253A%2522', 'hunter2', '%2522%257D');
  hides('user%5Bpassword%5D=', 'hunter2', '&x=1');
  hides('u%3D1%26user%255Bname%255D%26pin%3D', '4711', '%26y', 'code-name');
  hides('db=postgres%3A%2F%2F', 'app%3Asecret', '%40host%2Fdb', 'url-credentials');
  stays(
    'redirect=https%3A%2F%2Fhost%2Fcb%3Fstate%3Dabc',
    'next=%2Fa%3Fauthor%3Dbob',
    'https%3A%2F%2Fhost%3A8080%2Fa',
    'token%3Dnull%26x',
    '100%3D100',
  );
});

test('a value that stands beside its name is hidden: pairs in JSON, YAML, XML, settings', () => {
  hides('{"name":"DB_PASSWORD","value":"', 'hunter2', '"}');
  hides('- name: DB_PASSWORD\n  value: ', 'hunter2', '\n- name: PORT\n  value: 80');
  hides('<add key="ClearTextPassword" value="', 'two words', '" />');
  hides("{ Key: 'api_key', Value: '", 'abc', "' }");
  stays('{"name":"PORT","value":"80"}', '{"filename":"token","value":"80"}', '<option name="x" value="1">', 'value: 5');
});

test('the text of an element with a telling name is hidden', () => {
  hides('<user><password>', 'hunter2', '</password></user>');
  hides('<ns:apiKey>', 'abc', '</ns:apiKey>');
  hides('<Password><![CDATA[', 'a<b', ']]></Password>');
  stays('Promise<Token>(x)', 'Map<string, Token>', '<Token>{token}</Token>', '<author>Ada</author>', '<token></token>');
});

test('a literal that is compared with a secret is hidden on either side', () => {
  hides('if ("', 'hunter22', '" !== password) {');
  hides("return '", 'hunter22', "' == user.apiKey;");
  stays("if ('object' === typeof token) {", "if ('x' === author) {", "if (a === 'b') {");
});

test('the value of a key without a telling name is hidden where it can be nothing but a secret', () => {
  hides('const serviceKey2 = 1, mainKey = "', random, '";');
  hides('{"key":"', `${random}${random}`, '"}');
  hides('main_key: ', random, '\n');
  hides('vendorAccess=', random, '&x=1');
  stays(
    'key: d41d8cd98f00b204e9800998ecf8427e',
    'cacheKey = "user:42:cart"',
    `monkey: "${random}"`,
    'primaryKey: "userIdAndCreatedAtAndRegion2"',
    'key="9f8b7c6d-1234-4abc-8def-0123456789ab"',
    'sortKey: "ORDER#2026-01-01T00:00:00Z"',
    'publicPath: "/Assets/App2b3C4d5E6f7G8h9"',
  );
});

test('credentials of curl are hidden, and the same flag elsewhere is none', () => {
  const kind = 'command-credentials';
  hides('curl -k -u ', 'anna:s3cr3t', ' https://host', kind);
  hides('$ curl -X POST https://host \\\n  --user "', 'anna:two words', '" \\\n  -d x', kind);
  hides("curl -U '", 'anna:s3cr3t', "' https://host", kind);
  hides('curl -u ', ':s3cr3t', ' https://host', kind);
  hides('curl --user=', 'key:', ' https://host', kind);
  stays(
    'docker run -u 1000:1000 image',
    'curl https://host\ndocker run -u 1000:1000 image',
    'git push -u origin main',
    'curl -u "$USER:$PASSWORD" https://host',
    'curl -u $1:$2 https://host',
    'curl -u anna https://host',
    'libcurl -u a:b',
  );
});

test('values of a Kubernetes secret are hidden, whether its kind stands before or behind, and of nothing else', () => {
  const one = '[redacted:kubernetes-secret]';
  assert.equal(
    redact('apiVersion: v1\nkind: Secret\nmetadata:\n  name: n\ndata:\n  user: YWJj\n  other: "ZGVm"\ntype: Opaque\n'),
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: n\ndata:\n  user: ${one}\n  other: "${one}"\ntype: Opaque\n`,
  );
  assert.equal(
    redact('data:\n  file: |\n    YWJj\n    ZGVm\nkind: Secret\nmetadata:\n  name: n\n'),
    `data:\n  file: |\n    ${one}\n    ${one}\nkind: Secret\nmetadata:\n  name: n\n`,
  );
  assert.equal(
    redact('kind: "Secret"\r\nstringData:\r\n  a: b c\r\n'),
    `kind: "Secret"\r\nstringData:\r\n  a: ${one}\r\n`,
  );
  stays(
    'kind: ConfigMap\ndata:\n  a: YWJj\n',
    'data:\n  a: YWJj\nkind: ConfigMap\n',
    'kind: Secret\ndata:\n  a: {{ value }}\n',
    'kind: Secret\n---\nkind: ConfigMap\ndata:\n  a: YWJj\n',
    'kind: SecretStore\ndata:\n  a: YWJj\n',
    'data:\n  a: 1\n',
  );
});

test('connection strings lose their user and password', () => {
  const kind = 'url-credentials';
  hides('jdbc:oracle:thin:', 'app/s3cr3t', '@//host:1521/shop', kind);
  hides('open("', 'app:s3cr3t', '@tcp(db:3306)/shop?x=1")', kind);
  hides('postgres://', 'app:a/b#c?d', '@host/db', kind);
  hides('mongodb+srv://', 'app:s3cr3t', '@c0.example.net/?w=1', kind);
  hides('amqps://', 'app:s3cr3t', '@mq:5671/%2F', kind);
  hides('smtp://', 'anna%40example.com:s3cr3t', '@mail:587', kind);
  hides('jdbc:postgresql://host/db?user=app&password=', 's3cr3t', '&ssl=true');
  hides('jdbc:sqlserver://host;user=app;password=', 's3cr3t', ';encrypt=true');
  hides('Driver={SQL Server};Server=h;Uid=sa;Pwd={', 'p;w', '};x=1');
  hides('Server=h;User Id=sa;Password=', 's3cr3t', ';');
  hides('host=h user=app password=', 's3cr3t', ' sslmode=require');
  hides('Endpoint=sb://n.example.net/;SharedAccessKeyName=a;SharedAccessKey=', 'c2VjcmV0', ';x=1');
  hides('DefaultEndpointsProtocol=https;AccountName=a;AccountKey=', 'c2VjcmV0==', ';x=1');
  stays('[redacted:private-key]: refused', '[redacted:mac-address]:abc=def');
  hides('redis://[', '::1', ']:6379/@x', 'private-ip-address');
  stays(
    'jdbc:oracle:thin:@host:1521:shop',
    'postgres://localhost:5432/db?x=a@b',
    'https://host:8080/@scope/x',
    'http://host:port/users/@me',
    'user@tcp(host)',
    '<Input password={password} />',
  );
});

test(proves('redaction:pem', 'keys are found that are encoded as a whole, and in the files of PuTTY'), () => {
  const pem = `-----BEGIN ${'PRIVATE'} KEY-----\n${'MIIEvQIBADANBgkq'.repeat(8)}\n-----END ${'PRIVATE'} KEY-----\n`;
  hides('KEY_FILE=', Buffer.from(pem).toString('base64'), '\nx', 'private-key');
  stays(Buffer.from(pem.replaceAll('PRIVATE', 'PUBLIC')).toString('base64'));
  hides('Private-Lines: 2\n', `${'AAAAB3NzaC1yc2E'.repeat(4)}\nabcdefghijk=`, '\nPrivate-MAC: 00', 'private-key');
  hides('Private-Lines: 1\\n', 'AAAAB3NzaC1yc2E', '\\nPrivate-MAC: 00', 'private-key');
  const token = `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${'YWJj'.repeat(20)}.${'c2ln'.repeat(10)}`;
  hides('t=', Buffer.from(token).toString('base64'), ' x', 'jwt');
});

test(proves('redaction:pem', 'private members of a JSON Web Key are hidden, public ones stay'), () => {
  const part = (length: number) => 'aB3-dE5_'.repeat(length / 8);
  const open = `{"kty":"EC","crv":"P-256","x":"${part(40)}","y":"${part(40)}",`;
  hides(`${open}"d":"`, part(40), '"}', 'private-key');
  hides(`{"kty": "oct", "k": "`, part(64), '"}', 'private-key');
  hides(`{ kty: 'RSA', n: '${part(80)}', e: 'AQAB', dp: '`, part(40), "' }", 'private-key');
  hides(`${'"{\\"kty\\":\\"OKP\\",'}\\"d\\":\\"`, part(40), '\\"}"', 'private-key');
  stays(`${open}"use":"sig"}`, `{"d":"${part(40)}"}`, '{"kty":"RSA","d":"short"}');
});

test('a password behind the word for it is hidden where it is no word itself', () => {
  hides('password "', 'x9!bcd', '";');
  hides('machine h login anna password ', 'hunter', '\n');
  hides('the password is ', 'hunter22', '. Keep it');
  hides('Password was ', 'x9y8z7', ', once');
  stays(
    'password is required',
    'password "required"',
    "the field 'password' 'x'",
    'unexpected token "x9!bcdef"',
    'password is $PASSWORD',
    'reset-password "a1b2c3d4"',
    'the password must contain 1 digit',
    'change the password to continue',
  );
});

test(proves('redaction:names', 'a name hides in JSON that stands in JSON, four times over'), () => {
  for (let depth = 0, text = JSON.stringify({ password: random, x: 1 }); depth < 5; depth++) {
    assert.equal(redact(text), text.replace(random, '[redacted:secret-name]'), text);
    text = JSON.stringify({ inner: text });
  }
});

test(proves('redaction:names', 'quotes may be written as their code, as in HTML'), () => {
  hides('<div data-props="{&quot;password&quot;:&quot;', random, '&quot;,&quot;a&quot;:1}">');
  hides('{&#34;password&#34;: &#34;', random, '&#34;}');
  hides('password=&quot;', random, '&quot; x');
  hides('{\\u0022password\\u0022:\\u0022', random, '\\u0022}');
  hides('\\x22password\\x22:\\x22', random, '\\x22');
  stays('{&quot;colour&quot;:&quot;red&quot;}', 'password=&quot;&quot;', '&quot;password&quot;: 1 of &quot;two&quot;');
});

test(proves('redaction:names', 'a value of several lines of YAML is hidden to its end'), () => {
  hides('db:\n  password: |-\n    ', `${random}\n\n    and more`, '\n  port: 5\n');
  hides('- password: >\n    ', random, '\n  name: x');
  hides('"password": |2\r\n  ', random, '\r\nb: 1');
  hides('password: |\n  ', random, '');
  stays('password: |\nuser: ann', 'password: |\n\n\n', 'colour: |\n  red', 'type Password = string |\n  undefined;');
});

test(proves('redaction:names', 'a part of a form is hidden up to the next one'), () => {
  const part = 'Content-Disposition: form-data; name=';
  hides(`--x\r\n${part}"password"\r\n\r\n`, `${random}\r\nx`, `\r\n--x\r\n${part}"a"\r\n\r\nb\r\n--x--`);
  hides(`--x\n${part}"token"; filename="a"\nContent-Type: text/plain\n\n`, random, '\n--x--');
  hides(`${part}"password"\r\n\r\n`, random, '');
  stays(`--x\r\n${part}"colour"\r\n\r\nred\r\n--x--`, '<input name="password">\n\nSign in');
});

test(proves('redaction:names', 'an entry in a list of pairs hides its value'), () => {
  hides('[["password","', random, '"],["a","b"]]');
  hides('[["a","b"], ["X-Api-Key", "', random, '"]]');
  hides('{"h":"[[\\"password\\",\\"', random, '\\"]]"}');
  hides("[ [ 'password', '", random, "' ] ]");
  stays('["username","password","email"]', '["password","email"]', '[["colour","red"]]', '[["password","token"]]');
  stays('[["password","a","b"]]');
  hides('[["password","', random, '');
  hides('[["password","', random, '"');
});

test(proves('redaction:names', 'a value behind a label in bold print, and behind parameters of a scheme'), () => {
  hides('**Password:** ', 'hunter22x', '\n');
  hides('**API key**: ', 'hunter22x', '');
  hides('*Password*: ', 'hunter22x', '');
  hides('<b>Password:</b> ', 'hunter22x', '\n<br>');
  hides('<strong>Token:</strong> ', 'hunter22x', ' and');
  hides('/a?authorization=Bearer%20', 'hunter22x', '&b=1');
  hides('authorization: ', 'Bearer:hunter22x', '\n');
  hides('authorization: Token ', 'token="hunter22x"', '\n');
  stays('**token**: string', '- **password** (string): needed', '<td>Password:</td><td>needed</td>', '/* token: */ x');
});

test(proves('redaction:ordinary', 'parameters of SQL and types of GraphQL are no values'), () => {
  stays(
    'UPDATE users SET password = ? WHERE id = ?',
    'SELECT id FROM t WHERE session_id = :sessionId AND token = @token',
    'mutation M($email: String!, $password: String!) { login(email: $email, password: $password) { id } }',
    'input I { password: String! token: ID! }',
    'type M { login(password: String!): Payload! }',
  );
  hides('password: ', 'Summer!', '');
  hides('password = ', ':hunter22', '');
});

test(proves('redaction:names', 'a literal behind a type, and the values of a key that PostgreSQL tells'), () => {
  hides('const token: string = "', 'hunter22x', '";');
  hides("private readonly apiKey: string | undefined = '", 'hunter22x', "';");
  hides('Key (api_key)=(', 'hunter22x', ') already exists.');
  hides('Key (tenant_id, token)=(', '7, a)b(c', ') already exists.');
  hides('Key (lower(password::text))=(', 'hunter22x', ') conflicts with existing key');
  stays(
    'token: string = read();',
    'token: string, other = "x"',
    'Key (id, name)=(7, x) already exists.',
    'f(token)=(x)',
  );
});

test(proves('redaction:names', 'a value in an object that has the name, and behind spaces that do not break'), () => {
  hides('{"password":{"value":"', 'hunter22x', '","touched":true}}');
  hides('{\\"password\\": {\\"value\\": \\"', 'hunter22x', '\\"}}');
  hides("{ token: {\n  value: '", 'hunter22x', "',\n} }");
  hides('mot de passe\u00a0: ', 'hunter22x', '');
  hides('password\u00a0=\u202f', 'hunter22x', '');
  hides('Your temporary password is: ', 'hunter22x', '');
  stays('{"password":{"type":"string","value":5}}', '{"password":{"value":5}}', '{"name":{"value":"x"}}');
});

test(proves('redaction:ordinary', 'a place in a file stays, whatever the file is called'), () => {
  stays(
    '    at Object.<anonymous> (/app/src/auth/token.js:12:34)',
    'at async refresh (file:///app/dist/session-cookie.mjs:88:15)',
    'src/password.ts:7',
  );
  hides('token.js: ', 'hunter22x', '');
  hides('db.password:', '123456', '');
});

test(proves('redaction:ordinary', 'styles and versions stay, whatever their name'), () => {
  stays(
    ':root { --token-color-primary: #0055ff; --secret-gap: 12px; --md-sys-token: 1.5rem; --token: 50% }',
    '{"dependencies":{"jsonwebtoken":"^9.0.2","csrf-csrf":"3.0.6","cookie":"~1.0.0-rc.1","session":">=2.1.0"}}',
    'cookie: 0.6.0\n',
  );
  hides('--password: ', 'hunter2', ';');
  hides('"password":"', '1.2.3.4.5', '"');
  hides('"password":"', '123456', '"');
});
