import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { hides, stays } from './hiding.ts';

const KIND = 'private-key';

/** Made here, for each kind of key and encoding. */
const PEMS: readonly string[] = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ type: 'pkcs1', format: 'pem' }),
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ...['P-256', 'P-384', 'P-521'].flatMap((namedCurve) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    return [privateKey.export({ type: 'pkcs8', format: 'pem' }), privateKey.export({ type: 'sec1', format: 'pem' })];
  }),
].map((pem) => pem.toString().trim());

function bodyOf(pem: string): string {
  return pem.split('\n').slice(1, -1).join('\n');
}

test(proves('redaction:pem', 'a key is hidden in the ways in which settings, logs and URLs write it'), () => {
  for (const pem of PEMS) {
    hides('key: |\n  ', pem.replaceAll('\n', '\n  '), '\nnext: 1', KIND);
    hides('{"k":"', pem.replaceAll('\n', '\\n'), '\\n","n":1}', KIND);
    hides('"{\\"k\\":\\"', pem.replaceAll('\n', '\\\\n'), '\\\\n\\"}"', KIND);
    hides('KEY=', pem.replaceAll('\n', ' '), ' x', KIND);
    hides('> ', pem.replaceAll('\n', '\n> '), '\nsaid she', KIND);
    hides('[info] 12:00:01 ', pem.replaceAll('\n', '\n[info] 12:00:01 '), '\n[info] 12:00:02 done', KIND);
    hides('<p>', pem.replaceAll('\n', '<br>'), '</p>', KIND);
    hides('?k=', pem.replaceAll('\n', '%0A').replaceAll(' ', '+'), '&n=1', KIND);
    hides('?k=', pem.replaceAll('\n', '%0A').replaceAll(' ', '%20'), '&n=1', KIND);
  }
});

test(proves('redaction:pem', 'a key without its first line is known by its first bytes'), () => {
  for (const pem of PEMS) {
    const body = bodyOf(pem);
    hides('der: ', body.replaceAll('\n', ''), ' end', KIND);
    hides('der:\n', body, '\n', KIND);
    hides('der:\n  ', body.replaceAll('\n', '\n  '), '', KIND);
    hides('{"d":"', body.replaceAll('\n', '\\n'), '"}', KIND);
    hides('log ', body.split('\n')[0] ?? '', '', KIND);
  }
  const openssh = Buffer.concat([Buffer.from('openssh-key-v1\0'), Buffer.alloc(90, 'ab')]).toString('base64');
  hides('', openssh, '', KIND);
});

test('public keys, certificates and code that looks for a key stay', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  stays(
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    bodyOf(publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()),
    publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    "text.startsWith('-----BEGIN PRIVATE KEY-----') && text.endsWith('-----END PRIVATE KEY-----')",
    'const HEAD = "-----BEGIN PRIVATE KEY-----";',
    'MIIB',
    'MII',
  );
});
