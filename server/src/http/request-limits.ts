import type { IncomingMessage, ServerOptions } from 'node:http';
import { HttpError } from './http-error.ts';

/** Bytes of a request body. Tool arguments are far below it. */
export const BODY_LIMIT = 1024 * 1024;
/** Bytes of the head of a request. */
const HEAD_LIMIT = 16 * 1024;
/** Characters of a URL: RFC 9110 (section 4.1) asks for 8,000 at least. */
const URL_LIMIT = 8 * 1024;
/** A browser sends about twenty, a chain of proxies adds about ten. */
const HEADER_LIMIT = 100;

/**
 * What Node's server is told. A client that sends slowly loses its connection after 10 seconds without a whole head, after 20
 * without a whole request (looked at every 2), and nothing is read from a client that does not speak HTTP to the letter.
 */
export const SERVER_LIMITS = {
  maxHeaderSize: HEAD_LIMIT,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2000,
  // Longer than the 60 s after which common load balancers let an idle connection go.
  keepAliveTimeout: 72_000,
  insecureHTTPParser: false,
  // Node's own refusal would be one without our headers; `checkRequest` says the same.
  requireHostHeader: false,
} as const satisfies ServerOptions;

/** Milliseconds without a byte in either direction: longer than any call may wait for its action. */
export const SILENT_LIMIT = 700_000;

/** Milliseconds for which a body is still read that nobody wants: at once would be a reset, and the answer be lost. */
export const LINGER = 2000;

/** @throws HttpError for a head that no client of the broker needs */
export function checkRequest({ url = '', rawHeaders, httpVersion }: IncomingMessage): void {
  if (url.length > URL_LIMIT) {
    throw new HttpError('URL_TOO_LONG', `the URL is above ${URL_LIMIT} characters`, 'Send what is long in the body.');
  }
  if (rawHeaders.length / 2 > HEADER_LIMIT) {
    throw new HttpError('HEADERS_TOO_LARGE', `there are more than ${HEADER_LIMIT} headers`, 'Send fewer.');
  }
  // Of two hosts a proxy may see one and the broker the other (RFC 9112, section 3.2). HTTP/1.0 knows none.
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && httpVersion !== '1.0')) {
    throw new HttpError(
      'BAD_REQUEST',
      `the request has ${hosts === 0 ? 'no' : 'more than one'} Host header`,
      'Send one.',
    );
  }
}

/** @throws HttpError: what is compressed would have to be unpacked before it can be measured */
export function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new HttpError('UNSUPPORTED_MEDIA_TYPE', 'the body has a Content-Encoding', 'Send it as it is, uncompressed.', {
    'accept-encoding': 'identity',
  });
}

/** What Node's parser gives up on, before there is a request. */
export function unparsable(code: string): HttpError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = `the headers of the request are above ${HEAD_LIMIT} bytes, its URL included`;
    return new HttpError('HEADERS_TOO_LARGE', message, 'Send fewer or shorter ones.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpError('REQUEST_TIMEOUT', 'the request did not arrive in time', 'Send it again.');
  }
  return new HttpError('BAD_REQUEST', 'this is not HTTP as the broker speaks it', 'Use an HTTP/1.1 client.');
}
