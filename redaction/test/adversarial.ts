/** Pieces that, repeated, make rules start over and over, or read far and then refuse. Anchors come from the table. */
export const ADVERSARIAL: readonly string[] = [
  // E-mail, URLs.
  ...['a@', '@a.', 'a@b.', '"@', '"a@', 'a:b@', '://', '://a', ':a@', '://a:b', 'x://a@b ', 'a.b@c.d1'],
  ...['a%40', '%40a.', 'a%40b.', '%41', 'a%2540', '%252541', '%2540a.b', '%25', '%'],
  // Tokens in headers, JSON Web Tokens.
  ...['eyJ.', 'eyJ=', '=eyJhbGciOiJub25lIn0', 'eyJhbGciOiJub25lIn0', 'Bearer  ', 'bearer a', 'Basic a', 'Basic QQ== '],
  ...['Bearer\t\t', 'Basic\tQQ== ', '4111.', '4111.1111.'],
  // Keys.
  ...['-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY-----"{', '-----END ', 'END '],
  ...['-----BEGIN PRIVATE KEY-----A{', '-----BEGIN PRIVATE KEY-----A{END '],
  // Assignments that hide, and assignments that turn out to be code.
  ...['password=', 'password:', 'password: ', 'password = a.b;', 'password="', "password='\\", 'password=${a}'],
  ...['password=["",', 'password=["password=["', 'token = f(', '"token":"",', '\\"token\\":\\"', 'password_', 'token='],
  ...['password = a', 'token: b c ', 'a_token: b c ', 'token:\\\\', 'password="${', 'x=password=', 'password =='],
  // Headers.
  ...['cookie:', 'cookie:a=', 'cookie:a=;', 'cookie:;', 'set-cookie: path=', 'authorization:bearer '],
  ...['authorization:bearer "', 'authorization: digest ', 'authorization:basic ${', "'cookie:a=b"],
  // Names that are paired, compared, encoded, wrapped in elements; values that are only likely secrets.
  ...[
    'name: token value: ',
    '"kty":"d":"',
    'kty d: a',
    'anAccess=aB1',
    '"value":',
    'value=',
    "'a' == token",
    "'a' == token'",
    'key: aB1',
    'key=aB1',
    'aKey:"aB1',
  ],
  ...['%3D', 'token%3D', 'token%253D', 'token%3D%22', '%2522', '%5D=', 'a%5Btoken%5D=', '%3A%2F%2F', '%3A%2F%2Fa%3A'],
  ...[
    '<token>',
    '<token>a',
    '<token><![CDATA[',
    '<token><![CDATA[]',
    '<',
    '<a',
    ';pwd={',
    ';pwd={a}',
    'x://a:b/',
    'x://a:b/c',
    'x://a:',
  ],
  // Commands, manifests, connection strings, words.
  ...['curl -u ', 'curl -u a', 'curl ', '-u ', '-u a:', 'curl\n-u a:b', 'curl -u "a:', '--user a:b ', 'curl\\\n'],
  ...[
    'data:\n',
    'data:\n a: b\n',
    'kind: Secret\n',
    'kind: Secret\ndata:\n',
    ' data:\n  data:\n',
    'data:\n x: |\n  y\n',
  ],
  ...[
    '@tcp(',
    'a:@tcp(',
    'a:b@tcp(',
    'jdbc:oracle:thin:',
    'jdbc:oracle:thin:a/',
    'Private-Lines:',
    'Private-Lines: 1\nA',
  ],
  ...[
    'password is ',
    "password '",
    'password "a1!b2',
    'login a password b ',
    'password ',
    'LS0tLS1CRUdJTi',
    'ZXlKZXlK',
  ],
  // Tokens that are known by their middle.
  ...['-us1', 'a-0', '1:A', '1|a', 'Q~', '1Q~a', '.atlasv1.', '_mmk'],
  // Accounts, telephones, wallets.
  ...[
    'GB29 ',
    'GB29NWBK6016',
    'GB29NWBK60161331926818 ',
    '+1 ',
    '+1 4',
    '+49 30 123456 ',
    '+4930123456789',
    '%2B1',
    '+(',
  ],
  ...[
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ',
    '1A1z',
    'bc1q',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5 ',
    'bcrt1',
    '0x5aAeb',
  ],
  ...['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD ', '0x0X'],
  // Addresses of networks.
  ...['1.1.', '1.1.1.1', '1.1.1.1.', '1.1.1.1-a', 'a/1.1.1.1', 'version 1.1.1.1 ', '@a/b 1.1.1.1 ', '%201.1.1'],
  ...['::', ':a', 'a:', 'a::', '1:2:3:4:5:6:7:', '::1%', '::1%eth', '::1/', '1:2::1.1.1.1.1 ', '%3A', '%3A%3A1'],
  ...['00:', '00-', '0000.', '00:00:5e:00:53:af', '00:00:5e:00:53:af:', 'mac 00005e0053af', 'mac:::'],
  // Escapes.
  ...['\\n', '\\u0022', '\\x1b[', '\\u00', '%20', '%2520', '\u001b[', '\u001b[1;', '\u001b[31m', '\\033[0m', '%4'],
  // Values below their key, quotes that are written as their code, parts of forms.
  ...[
    'password: |\n',
    'password: |\n ',
    'password: |\n\n',
    ' password: >-\n  a\n',
    '- password: |\n  - ',
    'password:|',
  ],
  ...['&quot;', '&quot;token&quot;:', 'token=&quot;', '\\u0022token\\u0022:\\u0022', '&#34;&quot;', 'token&#39;:'],
  ...['name="token"', 'name="token"\n\n', 'name="token";\n', 'name="token"\r\n\r\na\r\n--', 'name="a"\n\n', '\n--'],
  // Keys without armour, and with something before each line.
  ...['MII', 'MIIaaaIBAAKCA', 'MHcCAQEEI', 'MHcCAQEEIaaaaaaaaaaaaaaaa\\n', '-----BEGIN PRIVATE KEY-----\n> '],
  ...['-----BEGIN PRIVATE KEY-----> aaaa ', '-----BEGIN%20PRIVATE%20KEY-----%0A', 'ENDEND', '-END a'],
  // Numbers of persons, with and without a name.
  ...[
    '1 1 1 ',
    '536-90-43',
    '12.345.678-',
    '811228-987',
    'AB12 ',
    'A123456(',
    'RSSMRA85T10A562',
    'pesel ',
    'pesel 1',
    'tel tel ',
  ],
  // Labels are read backwards from each number.
  ...[
    'SSN 12345 ',
    'ssn_12345 ',
    'a a a a 12345 ',
    'tel 12345678901 ',
    '号12345',
    '.1.12345',
    'A1 ',
    'AA 1',
    '0x ',
    'ssn: A12345 ',
  ],
  ...['1700000000000 ', '7569217076986 ', '12345678-', 'ssn - - - 12345 ', 'ssn ((((12345 '],
  ...['phone=1 ', 'phone: (', 'pesel=44051401358 ', 'tel 1 2 3 ', 'idNumber: 1-', 'ABCDE1', '999) 999-'],
  // Flags, cards, placeholders, nothing at all.
  ...['--password ', '--password --', '--token ""', '--', '-', '4111 ', '4111-', '4111111111111112 ', '41', '4'],
  ...['[redacted:', 'password=[redacted:', 'password=[redacted:a]', 'p.', 'a', ' ', '\n', '\u0000', '\ud800', 'é'],
];
