import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const DAY = 86_400_000;

export interface TestCertificate {
  /** PEM; of a certificate that an authority signed without that of the authority. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface CertificateRequest {
  /** Names and addresses that it is for; the first is its common name, too. */
  readonly names?: readonly string[];
  /** Days from now on, or before now where negative. */
  readonly fromDays?: number;
  readonly untilDays?: number;
  /** Who signs it; itself where not given. */
  readonly issuer?: TestCertificate & { readonly name: string };
  /** May it sign others? */
  readonly authority?: boolean;
  /** One that exists, PEM; a new one where not given. */
  readonly key?: string;
}

/** A real X.509 certificate (RFC 5280) with an EC key, made here: OpenSSL is not on every machine that runs the tests. */
export function createCertificate(request: CertificateRequest = {}): TestCertificate {
  const { names = ['localhost', '127.0.0.1'], fromDays = -1, untilDays = 90, issuer, authority = false } = request;
  const own = request.key === undefined ? newKey() : createPrivateKey(request.key);
  const subject = distinguishedName(names[0] ?? 'test');
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    issuer === undefined ? subject : distinguishedName(issuer.name),
    sequence(time(Date.now() + fromDays * DAY), time(Date.now() + untilDays * DAY)),
    subject,
    createPublicKey(own).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints(authority), ...(authority ? [] : [alternativeNames(names)]))),
  );
  const signature = sign('sha256', body, issuer === undefined ? own : createPrivateKey(issuer.key));
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return { certificate: pem('CERTIFICATE', certificate), key: own.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

export interface CertificateFiles {
  readonly directory: string;
  readonly cert: string;
  readonly key: string;
  /** As the environment of a broker. */
  readonly settings: { readonly BORESCOPE_TLS_CERT: string; readonly BORESCOPE_TLS_KEY: string };
  /** Puts another pair in its place. */
  write(pair: TestCertificate): void;
}

/** A directory with a pair in it, until the test ends. */
export function certificateFiles(t: TestContext, pair: TestCertificate): CertificateFiles {
  const directory = mkdtempSync(join(tmpdir(), 'borescope-tls-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const cert = join(directory, 'tls.crt');
  const key = join(directory, 'tls.key');
  const write = ({ certificate, key: secret }: TestCertificate) => {
    writeFileSync(cert, certificate);
    writeFileSync(key, secret);
  };
  write(pair);
  return { directory, cert, key, settings: { BORESCOPE_TLS_CERT: cert, BORESCOPE_TLS_KEY: key }, write };
}

/** One that signs others, for their `issuer`. */
export function createAuthority(name: string): TestCertificate & { readonly name: string } {
  return { name, ...createCertificate({ names: [name], authority: true }) };
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

// DER, as far as a certificate needs it (X.690).

const oid = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'));
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tagged(0x30, ...contents);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes);
}

/** GeneralizedTime, which RFC 5280 wants from 2050 on and OpenSSL takes at any time. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '').slice(0, 14);
  return tagged(0x18, Buffer.from(`${digits}Z`));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(commonName)))));
}

function basicConstraints(authority: boolean): Buffer {
  const critical = tagged(0x01, Buffer.from([0xff]));
  const value = authority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence();
  return sequence(oid('551d13'), critical, tagged(0x04, value));
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIPv4(name) ? tagged(0x87, Buffer.from(name.split('.').map(Number))) : tagged(0x82, Buffer.from(name)),
  );
  return sequence(oid('551d11'), tagged(0x04, sequence(...entries)));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
