import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides, stays } from './hiding.ts';

const redactor = createRedactor({});
const SECRETS = ['hunter2', 'swordfish', 'kX9!cQ'];

test(
  proves('redaction:names', 'a password behind a flag of one letter is hidden, for the commands that have it'),
  () => {
    const kind = 'command-credentials';
    for (const secret of SECRETS) {
      hides('mysql -u root -p', secret, ' shop', kind);
      hides("$ mysqldump -p'", secret, "' shop > x.sql", kind);
      hides('redis-cli -h cache -a ', secret, ' ping', kind);
      hides('sshpass -p ', secret, ' ssh anna@host', kind);
      hides('sshpass -p', secret, ' ssh anna@host', kind);
      hides('docker login -u anna -p ', secret, ' registry.test', kind);
      hides('mongosh "mongodb://host" -u anna -p ', secret, '', kind);
      hides('ldapsearch -D cn=x -w ', secret, ' -b dc=x', kind);
      hides('unzip -P ', secret, ' a.zip', kind);
      hides('sqlcmd -S host -U sa -P ', secret, '', kind);
      hides('smbclient //host/share -U anna%', secret, '', kind);
      hides('snmpwalk -v2c -c ', secret, ' host', kind);
      hides('plink -pw ', secret, ' host', kind);
      hides('mysql \\\n  -p', secret, '\n', kind);
    }
    stays(
      'mysql -p shop',
      'mysql -P 3306',
      'mkdir -p build; cp -a src build',
      'mysql -u root\nmkdir -p build',
      'mysql -u root | grep -p a1b2',
      'docker run -p 8080:80 image',
      'redis-cli ping',
      'zip -r a.zip b',
      'redis-cli -a $REDIS_PASSWORD ping',
      'mysql -p${PASSWORD} shop',
      'docker login -p <password>',
      'git log -p a1b2c3',
      'ls -a hunter2',
    );
  },
);

test(proves('redaction:names', 'a telling flag may have one dash'), () => {
  hides('keytool -list -storepass ', 'hunter2', ' -v', 'secret-name');
  hides('Connect-App -ClientSecret ', 'hunter2', '', 'secret-name');
  hides('app -token ', 'hunter2', '', 'secret-name');
  hides('deploy --password ', 'hunter2', '', 'secret-name');
  stays('by-pass it', 'a -passenger x', 'x-token a', 'app -token', '-pass $PASS', 'non-secret value');
});

test(proves('redaction:names', 'passwords in statements of SQL are hidden'), () => {
  for (const secret of ['hunter2', 'swordfish', 'a b']) {
    hides("CREATE USER 'bob'@'%' IDENTIFIED BY '", secret, "';", 'secret-name');
    hides("alter user bob identified with mysql_native_password by '", secret, "'", 'secret-name');
    hides("ALTER USER bob IDENTIFIED WITH 'caching_sha2_password' AS '", secret, "'", 'secret-name');
    hides("GRANT ALL ON *.* TO a IDENTIFIED BY PASSWORD '", secret, "'", 'secret-name');
    hides("CREATE ROLE app WITH LOGIN PASSWORD '", secret, "'", 'secret-name');
    hides("alter role app with encrypted password '", secret, "' valid until 'x'", 'secret-name');
    hides("SELECT PASSWORD('", secret, "')", 'secret-name');
    hides("SET PASSWORD FOR 'bob'@'%' = PASSWORD('", secret, "');", 'secret-name');
    hides("SET PASSWORD FOR 'bob'@'%' = '", secret, "';", 'secret-name');
    hides("ALTER LOGIN sa WITH PASSWORD = '", secret, "'", 'secret-name');
    hides("UPDATE u SET h = crypt('", secret, "', gen_salt('bf'))", 'secret-name');
  }
  hides('{"sql":"CREATE USER a IDENTIFIED BY \\"', 'hunter2', '\\""}', 'secret-name');
  hides('CREATE USER a IDENTIFIED BY ', 'hunter2', ';', 'secret-name');
  stays(
    'each row is identified by its key',
    "identified by a 'name'",
    'IDENTIFIED BY ?',
    'IDENTIFIED BY :password',
    "IDENTIFIED BY '${password}'",
    'ALTER USER a PASSWORD NULL',
    "the field 'password' 'x'",
    "label('Password'), 'x'",
    "password('Enter it')",
    'PASSWORD()',
  );
});

test(proves('redaction:names', 'values for columns with telling names are hidden in rows of SQL'), () => {
  for (const secret of SECRETS) {
    hides("INSERT INTO users (id, password) VALUES (1, '", secret, "')", 'secret-name');
    hides("insert into `users`(`password`,`name`) values('", secret, "','ann')", 'secret-name');
    hides('INSERT INTO "app"."users" ("id", "api_key") VALUES (DEFAULT, \'', secret, "') RETURNING id", 'secret-name');
    hides('{"sql":"INSERT INTO users (token, id) VALUES (\'', secret, '\', 5)"}', 'secret-name');
  }
  hides("INSERT INTO a (id, pin) VALUES ('', ", '4711', ')', 'secret-name');
  const one = '[redacted:secret-name]';
  assert.equal(
    redactor.text("INSERT INTO users (name, password, city) VALUES ('it''s', 'a(b', 'Rome'), (?, 'cd', 'Oslo')")?.text,
    `INSERT INTO users (name, password, city) VALUES ('${one}', '${one}', '${one}'), (?, '${one}', 'Oslo')`,
  );
  assert.equal(
    redactor.text("INSERT INTO u (token, mail) VALUES ('ab', 'ann@example.com')")?.text,
    `INSERT INTO u (token, mail) VALUES ('${one}', '[redacted:email]')`,
  );
  stays(
    "INSERT INTO users (name, city) VALUES ('ann', 'Rome')",
    'INSERT INTO users (name, password) VALUES (?, ?)',
    'INSERT INTO users (name, password) VALUES ($1, $2)',
    "INSERT INTO users (name, token_count) VALUES ('ann', 5)",
    'insert into the box (password) and values',
  );
});

test(proves('redaction:names', 'passwords in commands and settings of Redis, and in those of SMTP, are hidden'), () => {
  for (const secret of ['hunter2', 'swordfish']) {
    hides('AUTH ', secret, '', 'secret-name');
    hides('AUTH default ', secret, '\r\n', 'secret-name');
    hides('> AUTH anna ', secret, '\n> PING', 'secret-name');
    hides('HELLO 3 AUTH default ', secret, ' SETNAME app', 'secret-name');
    hides('["AUTH","default","', secret, '"]', 'secret-name');
    hides("[ 'AUTH', 'anna', '", secret, "' ]", 'secret-name');
    hides('requirepass ', secret, '\n', 'secret-name');
    hides('CONFIG SET requirepass "', secret, '"', 'secret-name');
    hides('user default on >', secret, ' ~* +@all', 'secret-name');
    hides('ACL SETUSER anna on >', secret, ' ~*', 'secret-name');
  }
  hides('AUTH PLAIN ', 'AGFubmEAaHVudGVyMg==', '\r\n', 'secret-name');
  stays(
    'AUTH failed',
    'NOAUTH Authentication required.',
    'AUTH LOGIN',
    '250-AUTH PLAIN LOGIN',
    'the AUTH command needs a password',
    'AUTH command needs a password, but none is set',
    'auth required',
    'a on >b',
    'requirepass',
    "['auth', callback]",
  );
});
