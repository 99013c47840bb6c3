import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls';

export { isLoopback } from './loopback.ts';
export { parsePins } from './pins.ts';

/**
 * The pin of a certificate (DER or PEM): of its public key, so that a renewal that keeps the key keeps the pin.
 * @throws where it is no certificate
 */
export function pinOf(certificate: Uint8Array): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
}

/** By what an agent, or a command, knows its broker. Plain data. */
export interface Trust {
  /** File with the only authorities that count, PEM; null where Node's do. */
  readonly ca: string | null;
  /** Of which the broker's certificate must have one; none where any will do. */
  readonly pins: readonly string[];
}

/** The certificate is good for everybody but us. */
class WrongPin extends Error {
  override readonly name = 'WrongPin';
}

/** The file of authorities cannot be used. The message is one line for a person. */
export class BadAuthorities extends Error {
  override readonly name = 'BadAuthorities';
}

/**
 * What a TLS connection to the broker is made with. The chain, the host name and the time are checked first, then the
 * pin: all of it before the first byte of the request, and so of the token, is written.
 * @throws BadAuthorities
 */
export function tlsOptions({ ca, pins }: Trust): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(ca !== null && { ca: readAuthorities(ca) }),
    checkServerIdentity(host: string, certificate: PeerCertificate) {
      const wrong = checkServerIdentity(host, certificate);
      if (wrong !== undefined || pins.length === 0) return wrong;
      const pin = pinOf(certificate.raw);
      return pins.includes(pin) ? undefined : new WrongPin(pin);
    },
  };
}

/** Read at each connection, so that a file that is renewed or comes late is found. */
function readAuthorities(file: string): Buffer {
  let text: Buffer;
  try {
    text = readFileSync(file);
  } catch (error) {
    throw new BadAuthorities(`the file in BORESCOPE_CA cannot be read (${codeOf(error)})`);
  }
  // TLS passes over a file without any in silence, and would then trust nobody.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new BadAuthorities('the file in BORESCOPE_CA holds no certificate in PEM');
  }
  try {
    new X509Certificate(text);
  } catch (error) {
    throw new BadAuthorities(`the certificate in BORESCOPE_CA is damaged or cut (${codeOf(error)})`);
  }
  return text;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed, and not named in BORESCOPE_CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted here: name it in BORESCOPE_CA',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not trusted here: name it in BORESCOPE_CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not trusted here: name it in BORESCOPE_CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not trusted here: name it in BORESCOPE_CA',
};

/**
 * Why the broker is not trusted, for a person; undefined where the connection failed for another reason. Nothing of the
 * certificate is repeated but its pin: whoever stands in between has written the rest.
 */
export function distrust(error: unknown): string | undefined {
  if (error instanceof WrongPin) {
    return `the key of the broker's certificate, ${error.message}, is not in BORESCOPE_PIN: no token was sent`;
  }
  const code = codeOf(error);
  const problem = PROBLEMS[code] ?? (/^(CERT_|CRL_|UNABLE_TO_|INVALID_)/.test(code) ? code : undefined);
  return problem === undefined ? undefined : `the broker's certificate is refused (${problem}): no token was sent`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
