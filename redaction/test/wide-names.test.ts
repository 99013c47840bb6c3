import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides, stays } from './hiding.ts';

const SECRET = 'kX9cQ7vT2m';
const redactor = createRedactor({});

const WORDS =
  `pswd passwort kennwort heslo hasło haslo contraseña contrasena clave senha mot_de_passe motDePasse mdp wachtwoord
  lösenord salasana parola şifre jelszó пароль пароля 密码 密碼 パスワード 비밀번호 mật_khẩu slaptažodis κωδικός סיסמה كلمة_المرور รหัสผ่าน
  पासवर्ड`.split(/\s+/);
/** Letters of other scripts, full width, accents of their own, signs that nobody sees. */
const DISGUISED = [
  'p\u0430ssword',
  'P\u0410SSW\u041eRD',
  'ｐａｓｓｗｏｒｄ',
  'ＡＰＩ＿ＫＥＹ',
  'pässwörd',
  'contrasen\u0303a',
  'pass\u200bword',
  'se\u00adcret',
  'apiKéy',
];

test(proves('redaction:names', 'a name hides in other languages and scripts, as a key and in a text'), () => {
  for (const name of [...WORDS, ...DISGUISED]) {
    assert.equal(redactor.name(name), 'secret-name', name);
    for (const text of [`${name}=`, `x ${name}: `, `{"a":1,"${name}":"`, `?a=b&${name}=`, `my_${name} = `]) {
      hides(text, SECRET, '', 'secret-name');
    }
    hides(`{ ${name}: '`, SECRET, "' }", 'secret-name');
    hides(`{\\"${name}\\":\\"`, SECRET, '\\"}', 'secret-name');
  }
  for (const name of [
    '我的密码',
    '登录密码',
    'ユーザーパスワード',
    '사용자비밀번호',
    'userПароль',
    'новыйПароль',
    'HASŁO',
  ])
    assert.equal(redactor.name(name), 'secret-name', name);
  hides('我的密码: ', SECRET, '', 'secret-name');
});

test(proves('redaction:ordinary', 'words of other languages that say nothing, or are prose, stay'), () => {
  for (const name of [
    '密码长度',
    '密码类型',
    'автор',
    'ключ',
    'größe',
    'clavel',
    'enclave',
    'parolaChiave',
    'été',
    '名前',
  ])
    assert.equal(redactor.name(name), undefined, name);
  stays(
    'La clave del éxito es la constancia, y la palabra clave: trabajar duro',
    'пароль: неверный пароль',
    'Пароль неверен: попробуйте снова',
    'автор: Анна',
    '名前: 太郎',
    'größe: 12',
    '«key»: x',
  );
});

test(proves('redaction:names', 'a name of several words hides in a sentence and in quotes'), () => {
  hides('Your API key: ', SECRET, '', 'secret-name');
  hides('the secret key is secret key=', SECRET, ' ok', 'secret-name');
  hides('{"api key":"', SECRET, '"}', 'secret-name');
  hides('Mot de passe : ', SECRET, '', 'secret-name');
  hides('Session ID: ', SECRET, '', 'secret-name');
  hides('Social Security Number: ', '078-05-1120', '', 'us-ssn');
  stays('the primary key: id42', 'foreign key: user7', 'line number: 12345', 'status code: E404x', 'my key: abc');
});

test("an organization's own names hide with letters beyond ASCII and with spaces, as keys and in texts", () => {
  const own = createRedactor({ keyNames: ['Größe', 'patient diagnosis', 'код клиента', '顧客番号'] });
  for (const name of [
    'größe',
    'GRÖßE',
    'Patient Diagnosis',
    'patientDiagnosis',
    'кодКлиента',
    'Код_клиента',
    '顧客番号',
  ])
    assert.equal(own.name(name), 'policy-name', name);
  for (const before of [
    'größe=',
    '{"Größe":"',
    'the patient diagnosis: ',
    '{"patient diagnosis":"',
    'PATIENT_DIAGNOSIS=',
    '{"код клиента": "',
    'код клиента: ',
    '顧客番号=',
    '{"顧客番号":"',
  ])
    assert.equal(own.text(`${before}x7`)?.text, `${before}[redacted:policy-name]`, before);
  assert.equal(own.text('diagnosis: x7'), undefined);
  assert.equal(own.text('код: x7'), undefined);
});
