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
  // Flags, cards, placeholders, nothing at all.
  ...['--password ', '--password --', '--token ""', '--', '-', '4111 ', '4111-', '4111111111111112 ', '41', '4'],
  ...['[redacted:', 'password=[redacted:', 'password=[redacted:a]', 'p.', 'a', ' ', '\n', '\u0000', '\ud800', 'é'],
];
