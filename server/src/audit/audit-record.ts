/** Who acted. */
export interface AuditActor {
  /** `token`: a caller of the broker; `person`: one who is signed in; `command`: whoever has the store; `broker`: nobody asked. */
  readonly kind: 'token' | 'person' | 'command' | 'broker';
  /** Id of the token, the e-mail, or the name of the account that ran the command. */
  readonly id: string;
  readonly name?: string;
  /** E-mail of the person whom a token belongs to. */
  readonly user?: string;
  /** Where the call or the sign-in came from; absent for a command beside the store, and for the broker itself. */
  readonly address?: string;
}

/** All that is told; `before` the act, but for an end, a refusal and a failure. */
export type AuditAct =
  | 'action.place'
  | 'action.refuse'
  | 'action.cancel'
  | 'action.read'
  | 'action.end'
  | 'source.inspect'
  | 'call.refuse'
  | 'approval.ask'
  | 'approval.decide'
  | 'token.create'
  | 'token.revoke'
  | 'token.rotate'
  | 'user.create'
  | 'user.change'
  | 'user.remove'
  | 'user.sign-in'
  | 'user.sign-in-refuse'
  | 'application.connect'
  | 'application.disconnect'
  | 'policy.change'
  | 'quota.change'
  | 'read-only.change'
  | 'audit.export'
  | 'audit.loss'
  | 'organization.create'
  | 'secret.export'
  | 'act.fail';

/** JSON, so that the text that is signed is the text that is read. */
export type AuditDetail =
  | string
  | number
  | boolean
  | null
  | readonly AuditDetail[]
  | { readonly [name: string]: AuditDetail };

/**
 * One entry. It holds what a caller asked for and what came of it in numbers, and never anything captured. What callers
 * write themselves (expressions, conditions, paths, names) has gone through the redaction.
 */
export interface AuditRecord {
  readonly act: AuditAct;
  readonly by: AuditActor;
  readonly what: { readonly [name: string]: AuditDetail };
}
