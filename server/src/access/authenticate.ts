import { type Caller, rightsOf, type TokenKind } from './caller.ts';
import type { Credential } from './credentials.ts';
import type { Refusal, Tokens } from './tokens.ts';

/** 401: who is it? 403: known, and not for this. The message holds nothing of the credential. */
export interface AccessDenied {
  readonly ok: false;
  readonly status: 401 | 403;
  readonly message: string;
  readonly hint: string;
}

/** Whether the credential that has let somebody in still does, with the same rights: an answer that is open goes by those. */
export interface Standing {
  /** The same for the same credential with the same rights, and no other has it. */
  readonly key: string;
  holds(): Promise<boolean>;
}

export type Authentication = { readonly ok: true; readonly caller: Caller; readonly standing: Standing } | AccessDenied;

const REFUSALS: Readonly<Record<Refusal, string>> = {
  malformed: 'the token is mistyped or cut: its form or checksum is wrong',
  unknown: 'the token is not known here',
  revoked: 'the token was revoked',
  expired: 'the token has expired',
  'owner gone': 'the user whose token it is was disabled or removed',
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
  const problem = credential.kind === 'pair' ? ownerProblem(credential.email, verified.caller.user) : undefined;
  if (problem !== undefined) return { ok: false, status: 403, ...problem };
  const { organization, tokenId } = verified.caller;
  const standing = standingOf(tokenId, verified.caller, () => tokens.current(organization, tokenId));
  return { ok: true, caller: verified.caller, standing };
}

/** `current`: the caller that the credential stands for at that moment; undefined where it stands for none. */
export function standingOf(credential: string, caller: Caller, current: () => Promise<Caller | undefined>): Standing {
  const rights = rightsOf(caller);
  return {
    key: `${credential} ${rights}`,
    async holds() {
      const now = await current();
      return now !== undefined && rightsOf(now) === rights;
    },
  };
}

/** The token decides who it is; the address that comes with it has to be the owner's. */
function ownerProblem(email: string, owner: string | undefined): { message: string; hint: string } | undefined {
  if (owner === undefined) {
    return {
      message: 'this token has no owner, so the Email header cannot be checked',
      hint: 'Send it as Authorization: Bearer TOKEN, or make one that has: borescope token create --owner EMAIL.',
    };
  }
  if (email.trim().toLowerCase() === owner) return undefined;
  return {
    message: 'the Email header is not the address of the user whose token it is',
    hint: "Send the owner's address, or the token as Authorization: Bearer TOKEN.",
  };
}
