/** The token that a request carries, or why it carries none that can be looked at. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  /** `Email` and `Token` headers: the token decides, and the e-mail must be its owner's. */
  | { readonly kind: 'pair'; readonly token: string; readonly email: string }
  | { readonly kind: 'none'; readonly reason: string };

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A token is far shorter; nothing longer is hashed. */
const MAX_TOKEN = 512;

/** Reads `Authorization: Bearer TOKEN`. A query string is never looked at. */
export function bearerCredential(headers: Headers): Credential {
  const header = headers['authorization'];
  if (typeof header !== 'string') return { kind: 'none', reason: 'no Authorization header' };
  const match = /^bearer +([^\s]+) *$/i.exec(header);
  const token = match?.[1];
  if (token === undefined || token.length > MAX_TOKEN) {
    return { kind: 'none', reason: 'the Authorization header is not "Bearer TOKEN"' };
  }
  return { kind: 'token', token };
}

/** The same, or where there is no Authorization header the pair `Email` and `Token`. */
export function bearerOrPairCredential(headers: Headers): Credential {
  if (headers['authorization'] !== undefined) return bearerCredential(headers);
  const { token, email } = headers;
  if (typeof token !== 'string' && typeof email !== 'string') {
    return { kind: 'none', reason: 'no Authorization header, and no Email and Token headers' };
  }
  if (typeof token !== 'string' || typeof email !== 'string' || token.length > MAX_TOKEN) {
    return { kind: 'none', reason: 'Email and Token headers come as a pair' };
  }
  return { kind: 'pair', token, email };
}
