import type { TokenRecord } from '../store/store.ts';
import type { Caller, TokenKind } from './caller.ts';
import type { Credential } from './credentials.ts';
import type { Refusal, Tokens } from './tokens.ts';

/** 401: who is it? 403: known, and not for this. The message holds nothing of the credential. */
export interface AccessDenied {
  readonly ok: false;
  readonly status: 401 | 403;
  readonly message: string;
  readonly hint: string;
}

export type Authentication =
  | { readonly ok: true; readonly caller: Caller; readonly record: TokenRecord }
  | AccessDenied;

const REFUSALS: Readonly<Record<Refusal, string>> = {
  malformed: 'the token is mistyped or cut: its form or checksum is wrong',
  unknown: 'the token is not known here',
  revoked: 'the token was revoked',
  expired: 'the token has expired',
};

const NEEDED: Readonly<Record<TokenKind, string>> = {
  mcp: 'an mcp token (bore_mcp_...)',
  agent: 'an agent token (bore_agt_...)',
  admin: 'an admin token (bore_adm_...)',
};

/** Who stands behind a credential, for a door that takes tokens of one kind. */
export async function authenticate(tokens: Tokens, credential: Credential, kind: TokenKind): Promise<Authentication> {
  const create = `Create one with: borescope token create --kind ${kind} --name NAME`;
  if (credential.kind === 'none') {
    const hint = `Send the header Authorization: Bearer TOKEN with ${NEEDED[kind]}. ${create}`;
    return { ok: false, status: 401, message: credential.reason, hint };
  }
  const verified = await tokens.verify(credential.token);
  if (!verified.ok) return { ok: false, status: 401, message: REFUSALS[verified.refusal], hint: create };
  if (verified.caller.kind !== kind) {
    const message = `this door takes ${NEEDED[kind]}, not a token of the kind ${verified.caller.kind}`;
    return { ok: false, status: 403, message, hint: create };
  }
  if (credential.kind === 'pair') {
    return {
      ok: false,
      status: 403,
      message: 'this token has no owner e-mail, so the Email header cannot be checked',
      hint: 'Send the token as Authorization: Bearer TOKEN instead of the Email and Token headers.',
    };
  }
  return { ok: true, caller: verified.caller, record: verified.record };
}
