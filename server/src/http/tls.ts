import type { Server } from 'node:http';
import type { ServerOptions } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

/**
 * Forward secrecy and authenticated encryption only: the suites of Mozilla's "intermediate" recommendation. Node's own list
 * still has CBC and RSA key exchange, and both could be loosened by options of the process.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Milliseconds that a client may take to agree on keys. */
const HANDSHAKE_WITHIN = 10_000;

export function tlsOptions({ cert, key }: Certificate): ServerOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: CIPHERS, handshakeTimeout: HANDSHAKE_WITHIN };
}

/** For connections from now on; those that are open keep what they were made with. */
export function useCertificate(server: Server, certificate: Certificate): void {
  if (server instanceof TlsServer) server.setSecureContext(tlsOptions(certificate));
}
