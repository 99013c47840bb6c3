import { createHash, X509Certificate } from 'node:crypto';

/**
 * The pin of a certificate (DER or PEM): of its public key, so that a renewal that keeps the key keeps the pin.
 * @throws where it is no certificate
 */
export function pinOf(certificate: Uint8Array): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
}
