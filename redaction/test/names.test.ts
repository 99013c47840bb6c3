import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, isCount } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});

/** Every identifier that dd-trace's debugger hides by default (DataDog/dd-trace-js, Apache-2.0), in its own spelling. */
const KNOWN_ELSEWHERE = `2fa _csrf _csrf_token _session _xsrf access_token address aiohttp_session api_key apisecret
  apisignature applicationkey appkey auth authtoken authorization cc_number certificatepin cipher client_secret clientid
  config connect.sid connectionstring cookie credentials creditcard csrf csrf_token cvv databaseurl db_url email
  encryption_key encryptionkeyid env geo_location gpg_key ip_address jti jwt license_key masterkey mysql_pwd nonce oauth
  oauthtoken otp passhash passwd password passwordb pem_file pgp_key PHPSESSID phonenumber pin pincode pkcs8 private_key
  publickey pwd recaptcha_key refresh_token remote_addr routingnumber salt secret secretKey secrettoken securitycode
  security_answer security_question serviceaccountcredentials session sessionid sessionkey set_cookie signature
  signaturekey ssh_key ssn symfony token transactionid twilio_token user_session uuid voterid x-auth-token x_api_key
  x_csrftoken x_forwarded_for x_real_ip XSRF-TOKEN`.split(/\s+/);

test(
  proves('redaction:names', 'every name that another debugger hides is hidden here, in each way of writing it'),
  () => {
    for (const name of KNOWN_ELSEWHERE) {
      for (const written of [name, name.toUpperCase(), name.replaceAll(/[_.]/g, '-')]) {
        assert.notEqual(redactor.name(written), undefined, written);
      }
    }
  },
);

test('a secret word hides a name wherever it stands in it as a whole word', () => {
  const hidden = `dbPassword DB_PASSWORD passwordHash password2 newPassword password_confirmation apiKey APIKey API_KEY
    x-api-key stripeApiKeys userToken accessToken access_tokens clientSecret secretAccessKey AWS_SECRET_ACCESS_KEY
    sessionId cookies set-cookie Proxy-Authorization jwt signingKey db_pass smtpPass cloudant_pw dbpassword
    mysqlpassword wifi_passphrase otpCode creditCardNumber cardNumber cvv2 iban accountNumber dateOfBirth
    connectionString privateKeys mySecretString sessionTokens SESSION_TOKENS userSessionTokens tokens authHeader auth-headers
    REDISCLI_AUTH SUPABASE_SERVICE_ROLE_KEY aesKey keyMaterial magicLink password_reset_link pfx GITHUB_PAT secureString
    x-auth X_AUTH basicAuth basic_auth proxyBasicAuth`.split(/\s+/);
  for (const name of hidden) assert.notEqual(redactor.name(name), undefined, name);
});

test('a secret word in another language hides a name, too', () => {
  const hidden =
    `userHasło db_heslo lösenord salasana nova_lozinka şifre jelszó пароль 密码 パスワード 비밀번호 parola clave
    zugriffstoken API_SCHLUESSEL claveSecreta geburtsdatum kunde.geburtsdatum fechaNacimiento fecha_de_nacimiento
    dateDeNaissance data_nascimento dataDiNascita geboortedatum fødselsdato dataUrodzenia doğumTarihi 生年月日 birthday
    userBirthday kreditkartennummer numero_de_tarjeta codigoSeguridad drivers_license_number`.split(/\s+/);
  for (const name of hidden) assert.notEqual(redactor.name(name), undefined, name);
  const shown =
    'parolaChiave birthdayCard birthdays hasBirthday numeroDePagina datumErstellt palabraClave clavel'.split(' ');
  for (const name of shown) assert.equal(redactor.name(name), undefined, name);
});

test(proves('redaction:ordinary', 'words that only contain a secret word stay'), () => {
  const clean = `author authors authority keyboard keys monkey tokenize tokenizer passenger passengers compass bypass
    secretary cookieless pinned spinner opinion shipping session_count obsession mapping cipherless passwordless hash
    sessions xauthor basicAuthor tokensUsed css_tokens
    format_pat pattern magicLinkEnabled pfxPath kekse deck id name user userId total customer card cart pass_rate key value data`.split(
    /\s+/,
  );
  for (const name of clean) assert.equal(redactor.name(name), undefined, name);
});

test('names of what describes a secret, and of counts and pages, stay', () => {
  const clean =
    `tokenCount tokenType maxTokens promptTokens total_tokens inputTokens max_session_tokens sessionTokenCount passwordLength passwordMinLength hasPassword
    isTokenValid tokenExpiresAt token_expires_in secretName cookieDomain cookie_path sessionTimeout access_token_url
    credentials_file nextPageToken page_token continuationToken cancellationToken passwordPolicy otpEnabled
    creditCardType authHeaderName basicAuthEnabled useBasicAuth`.split(/\s+/);
  for (const name of clean) assert.equal(redactor.name(name), undefined, name);
});

test(
  proves(
    ['redaction:names', 'redaction:ordinary'],
    'under a name of several tokens a number is how many, and no secret',
  ),
  () => {
    for (const name of ['tokens', 'sessionTokens']) {
      const kind = redactor.name(name) ?? '';
      assert.deepEqual(
        [isCount(kind, 'number'), isCount(kind, 'bigint'), isCount(kind, 'string')],
        [true, true, false],
      );
    }
    assert.equal(isCount(redactor.name('token') ?? '', 'number'), false);
    assert.equal(redactor.text('12 tokens: ok, tokens=5'), undefined);
  },
);

test('the kind tells the family of the name', () => {
  assert.equal(redactor.name('password'), 'secret-name');
  assert.equal(redactor.name('pin'), 'code-name');
  assert.equal(redactor.name('cvv'), 'payment-name');
  assert.equal(redactor.name('ssn'), 'personal-name');
  for (const name of ['mac', 'macAddress', 'MAC_ADDR', 'device-mac', 'bssid'])
    assert.equal(redactor.name(name), 'mac-address', name);
  for (const name of ['phoneType', 'macOS', 'machine', 'macro', 'telemetry', 'isPhoneNumberVerified', 'hmac'])
    assert.equal(redactor.name(name), undefined, name);
});

test("an organization's own names hide as whole words, and nothing neutralises them", () => {
  const own = createRedactor({ keyNames: ['patient diagnosis', 'shoeSize', 'Größe', '$$', 'a'.repeat(200)] });
  for (const name of ['patientDiagnosis', 'PATIENT_DIAGNOSIS_TYPE', 'shoe-size', 'hasShoeSize', 'größe', 'GRÖSSE'])
    assert.equal(own.name(name), name === 'GRÖSSE' ? undefined : 'policy-name', name);
  assert.equal(own.name('$$'), 'policy-name');
  assert.equal(own.name('a'.repeat(200)), 'policy-name');
  assert.equal(own.name('shoe'), undefined);
  assert.equal(own.name('shoesize2x4'), 'policy-name');
  assert.equal(redactor.name('shoeSize'), undefined);
});

test('a thousand own names are taken, each of them', () => {
  const keyNames = Array.from({ length: 1000 }, (_, index) => `field${index}Of${index * 7}`);
  const own = createRedactor({ keyNames });
  for (const name of keyNames) assert.equal(own.name(name), 'policy-name', name);
  assert.equal(own.name('field1000Of7'), undefined);
});

test('any string is a name: empty, long, lone surrogates, nothing but separators', () => {
  for (const name of [
    '',
    '_',
    '$',
    '\u0000',
    '\ud800password',
    'x'.repeat(100_000),
    `${'_'.repeat(100_000)}password`,
    '-'.repeat(1e6),
  ])
    redactor.name(name);
  assert.equal(redactor.name(`${'x_'.repeat(50_000)}password`), 'secret-name');
  // The verdict does not depend on what was asked before.
  for (let index = 0; index < 5000; index++) redactor.name(`name${index}`);
  assert.equal(redactor.name('password'), 'secret-name');
  assert.equal(redactor.name('customer'), undefined);
});
