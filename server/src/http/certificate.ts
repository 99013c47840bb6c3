import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { pinOf } from '@borescope/agent-protocol/identity';
import { SettingsError } from '../settings.ts';

/** A certificate chain and its key that TLS can use, and what people and agents want to know of it. */
export interface Certificate {
  /** PEM, as it was read. */
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Of the first certificate, `sha256/...`: what agents may be given as BORESCOPE_PIN. */
  readonly pin: string;
}

/** Where a pair lies: BORESCOPE_TLS_CERT and BORESCOPE_TLS_KEY. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Rejects with SettingsError that says which file is wrong, and how. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const read = (setting: string, file: string) =>
    readFile(file).catch((error: unknown) => {
      throw new SettingsError(`${setting}: the file cannot be read (${codeOf(error)})`);
    });
  const [cert, key] = await Promise.all([read('BORESCOPE_TLS_CERT', files.cert), read('BORESCOPE_TLS_KEY', files.key)]);
  return checkCertificate(cert, key);
}

/**
 * Checks what was read from the two files as far as it can be checked without a client.
 * @throws SettingsError; nothing of the key is in it
 */
function checkCertificate(cert: Buffer, key: Buffer): Certificate {
  const first = firstCertificate(cert);
  if (!first.checkPrivateKey(privateKey(key))) {
    throw new SettingsError('BORESCOPE_TLS_KEY: it is not the key of the first certificate in BORESCOPE_TLS_CERT');
  }
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    // A key that is too short, a damaged certificate further down the chain.
    throw new SettingsError(`BORESCOPE_TLS_CERT: TLS cannot use it (${codeOf(error)})`);
  }
  return {
    cert,
    key,
    validFrom: Date.parse(first.validFrom),
    validUntil: Date.parse(first.validTo),
    pin: pinOf(first.raw),
  };
}

function firstCertificate(cert: Buffer): X509Certificate {
  const wrong = 'BORESCOPE_TLS_CERT: the file holds no certificate in PEM (-----BEGIN CERTIFICATE-----)';
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) throw new SettingsError(wrong);
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new SettingsError(`BORESCOPE_TLS_CERT: the certificate is damaged or cut (${codeOf(error)})`);
  }
}

function privateKey(key: Buffer): KeyObject {
  // PKCS #8, and the older form of OpenSSL. Nobody is there to type a passphrase when the key is renewed.
  if (
    key.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') ||
    /^Proc-Type: 4,ENCRYPTED/m.test(key.toString('latin1'))
  ) {
    throw new SettingsError(
      'BORESCOPE_TLS_KEY: the key is encrypted; write it without a passphrase, readable for the broker alone: ' +
        'openssl pkey -in KEY -out PLAIN-KEY',
    );
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key.toString('latin1'))) {
    throw new SettingsError('BORESCOPE_TLS_KEY: the file holds no private key in PEM (-----BEGIN PRIVATE KEY-----)');
  }
  try {
    return createPrivateKey(key);
  } catch (error) {
    throw new SettingsError(`BORESCOPE_TLS_KEY: the key is damaged or cut (${codeOf(error)})`);
  }
}

/** The code and never the message, which is OpenSSL's and may be anything. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
