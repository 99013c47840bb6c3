import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides as hidesAs, stays } from './hiding.ts';

const redactor = createRedactor({});
const SECRETS = ['hunter2', 'swordfish'];

function hides(before: string, after: string): void {
  for (const secret of SECRETS) hidesAs(before, secret, after, 'secret-name');
}

test(proves('redaction:names', 'values in elements and attributes are hidden, in XML, HTML and property lists'), () => {
  hides('<password type="text">', '</password>');
  hides('<ns:apiKey id="1"\n  b="2"> ', ' </ns:apiKey>');
  hides('<token a="1"><![CDATA[', ']]></token>');
  hides('<add key="ApiSecret" value="', '"/>');
  hides('<add value="', '" key="ApiSecret"/>');
  hides('<input name="password" value="', '">');
  hides('<input value="', '" name="password">');
  hides('<input type="password" id="x" value="', '">');
  hides('<input type=password value=', '>');
  hides('<meta name="csrf-token" content="', '">');
  hides('<meta content="', '" name="csrf-token">');
  hides('<property name="password"><value>', '</value></property>');
  hides('<entry key="password">', '</entry>');
  hides('<string name="api_key">', '</string>');
  hides('<setting name="Password" serializeAs="String"><value>', '</value></setting>');
  hides('<key>password</key>\n  <string>', '</string>');
  hides('<name>password</name><value>', '</value>');
  stays(
    '<label for="password">Password</label>',
    '<input name="password">\n<label>Sign in</label>',
    '<input type="hidden" name="xsrf" value="${xsrf}">\n<label for="code">Code</label>',
    '<name>password</name><description>Nothing</description>',
    '<key>colour</key><string>red</string>',
    '<Token kind={kind}>{token}</Token>',
    '<token a="1"></token>',
    'const f = <Token extends string>(x: Token) => x; // </',
    'Map<Token, string>',
    '<input type="password" placeholder="Password">',
    '<a href="/password">Forgot it?</a>',
  );
});

test(
  proves('redaction:names', 'a secret that is written in parts, in brackets or as a fallback is hidden whole'),
  () => {
    const one = '[redacted:secret-name]';
    hides('password = "', '"');
    for (const [text, shown] of [
      ['password = "ab" + "cd";', `password = "${one}" + "${one}";`],
      ["const token = 'ab' +\n    'cd' +\n    'ef';", `const token = '${one}' +\n    '${one}' +\n    '${one}';`],
      ["$password = 'ab' . $x . 'cd';", `$password = '${one}' . $x . '${one}';`],
      ['apiKey: "ab" + user.id + "cd",', `apiKey: "${one}" + user.id + "${one}",`],
    ] as const)
      hidesIn(text, shown);
    hides('const password = ("', '");');
    hides('const password = `', '`;');
    hides('const password = process.env.PASSWORD || "', '";');
    hides("password: options['password'] ?? '", "',");
    hidesAs("password: isTest ? given : '", 'hunter2', "',", 'secret-name');
    stays(
      "const token = match || 'none';",
      "const token = given || '';",
      "init.credentials = all ? 'include' : 'same-origin'",
      "credentials: given || 'same-origin'",
      "const token = find() || 'no token was found'",
      'const password = options.password || defaults.password;',
      "const secret = given ?? 'clientSecret';",
      "log('password' + ' ' + 'x')",
    );
  },
);

function hidesIn(text: string, shown: string): void {
  assert.equal(redactor.text(text)?.text, shown);
}
