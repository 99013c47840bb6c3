import type { AuditActor, AuditRecord } from '../audit/audit-record.ts';
import type { Approval, Decider, Decision, Undecided } from '../policies/approvals.ts';
import { type AccessPolicy, withoutTexts } from '../policies/policy.ts';
import { BROKER, type ReadOnly } from '../policies/read-only.ts';
import type { QuotaChange } from '../quotas/quota-limits.ts';
import type { StoredAuditEntry } from '../store/audit-store.ts';
import type { Current, Expected } from '../store/current-document.ts';
import { type Organization, type Store, StoreUnavailable, type TokenRecord } from '../store/store.ts';
import type { Controls } from './controls.ts';
import { type Passwords, randomPassword } from './passwords.ts';
import { storedSecret } from './secrets.ts';
import type { IssuedToken, TokenRequest, Tokens } from './tokens.ts';
import type { User, UserChange, UserRequest, Users } from './users.ts';

/** Without a password: that is made here. */
export type NewUser = Omit<UserRequest, 'passwordHash' | 'passwordIsTemporary' | 'signedOutAt'>;

/** The only time that a first password is there. */
export interface UserWithPassword {
  readonly user: User;
  readonly password?: string;
}

/**
 * What administrators change, whatever the door (a command, the API, a page). Every act is in the audit before it is done; one
 * that then fails is followed by an entry that says so. Who may do it is asked at the door.
 */
export interface Administration {
  createToken(by: AuditActor, request: TokenRequest): Promise<IssuedToken>;
  /** Undefined where the organization has no such token. */
  revokeToken(by: AuditActor, organization: string, id: string): Promise<TokenRecord | undefined>;
  /** Undefined where there is none that still holds. */
  rotateToken(by: AuditActor, organization: string, id: string, overlapMs: number): ReturnType<Tokens['rotate']>;
  /** Undefined where a user of any organization has the address. Rejects with `PasswordsBusy` where it is to have a password. */
  createUser(by: AuditActor, request: NewUser, withPassword: boolean): Promise<UserWithPassword | undefined>;
  /** Undefined where the organization has no such user. */
  changeUser(by: AuditActor, user: User, change: UserChange): Promise<User | undefined>;
  /** A new first password; the person is signed out everywhere. Undefined as above. Rejects with `PasswordsBusy`. */
  renewPassword(by: AuditActor, user: User): Promise<Required<UserWithPassword> | undefined>;
  /** With the person's tokens and sign-ins. False where there is no such user. */
  removeUser(by: AuditActor, user: User): Promise<boolean>;
  /** Undefined where the name is taken. */
  createOrganization(by: AuditActor, name: string): Promise<Organization | undefined>;
  /** `expected`: the version that was changed; undefined, and nothing is written, where another is there. */
  setPolicy(
    by: AuditActor,
    organization: string,
    policy: AccessPolicy,
    expected: Expected,
  ): Promise<Current<AccessPolicy> | undefined>;
  setQuotas(
    by: AuditActor,
    organization: string,
    change: QuotaChange,
    expected: Expected,
  ): Promise<Current<QuotaChange> | undefined>;
  /** For every organization at once, whatever the state was. */
  setReadOnly(by: AuditActor, wanted: { on: boolean; reason: string }): Promise<ReadOnly>;
  decideApproval(
    by: AuditActor,
    organization: string,
    id: string,
    decision: Decision,
    decider?: Decider,
  ): Promise<Approval | Undecided>;
  /** The export is an act, too: its entry is the last of what is exported at the earliest. */
  exportAudit(by: AuditActor, organization: string, after?: number): AsyncIterable<StoredAuditEntry>;
  /** The secret that lies in the store, as a file holds it. Undefined where a file holds it already. */
  exportSecret(by: AuditActor): Promise<string | undefined>;
}

export interface AdministrationOptions {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly users: Users;
  readonly controls: Controls;
  readonly passwords: Pick<Passwords, 'hash'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Buffer;
}

/** Tries to change what others change at the same time. */
const MOST_TRIES = 20;

export function createAdministration(options: AdministrationOptions): Administration {
  const { store, tokens, users, controls, passwords, now, random } = options;
  const { audit } = controls;

  /** `missing`: what `work` brings where it found nothing to do. */
  async function told<T>(
    organization: string,
    record: AuditRecord,
    work: () => Promise<T>,
    missing: unknown,
  ): Promise<T> {
    await audit.record(organization, record);
    try {
      const done = await work();
      if (done === missing)
        await failed(organization, record, 'there was nothing to change, or it was changed meanwhile');
      return done;
    } catch (error) {
      await failed(organization, record, error instanceof Error ? error.name : 'unknown').catch(() => undefined);
      throw error;
    }
  }

  function failed(organization: string, { act, by, what }: AuditRecord, reason: string): Promise<void> {
    return audit.record(organization, { act: 'act.fail', by, what: { ...what, failed: act, reason } });
  }

  function changeUser(
    by: AuditActor,
    { organization, id, email }: User,
    change: UserChange,
  ): Promise<User | undefined> {
    const { passwordHash, ...rest } = change;
    // What is taken away is told, too.
    const changed = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? null]));
    const what = { user: id, email, ...(passwordHash !== undefined && { password: true }), ...plain(changed) };
    const record = { act: 'user.change', by, what } as const;
    return told(organization, record, () => users.change(organization, id, change), undefined);
  }

  /** Ahead of the audit: where so many are hashed that there is no turn for it, nobody has acted. */
  async function firstPassword() {
    const password = randomPassword(random);
    return { password, stored: { passwordHash: await passwords.hash(password), passwordIsTemporary: true } };
  }

  return {
    createToken(by, request) {
      const { organization, kind, name, role, owner, services, environments, lifetimeMs } = request;
      const what = {
        kind,
        name,
        ...(role !== undefined && { role }),
        ...(owner !== undefined && { owner }),
        ...(services !== undefined && { services }),
        ...(environments !== undefined && { environments }),
        ...(lifetimeMs !== undefined && { lifetime_ms: lifetimeMs }),
      };
      return told(organization, { act: 'token.create', by, what }, () => tokens.create(request), undefined);
    },

    revokeToken(by, organization, id) {
      const record = { act: 'token.revoke', by, what: { token: id } } as const;
      return told(organization, record, () => tokens.revoke(organization, id), undefined);
    },

    rotateToken(by, organization, id, overlapMs) {
      const record = { act: 'token.rotate', by, what: { token: id, overlap_ms: overlapMs } } as const;
      return told(organization, record, () => tokens.rotate(organization, id, overlapMs), undefined);
    },

    async createUser(by, request, withPassword) {
      const { organization, email, role, services, environments } = request;
      const bound = { ...(services && { services }), ...(environments && { environments }) };
      const what = { email, role, password: withPassword, ...plain(bound) };
      const { password, stored } = withPassword ? await firstPassword() : {};
      const create = () => users.create({ ...request, ...stored });
      const user = await told(organization, { act: 'user.create', by, what }, create, undefined);
      return user && { user, ...(password !== undefined && { password }) };
    },

    changeUser,

    async renewPassword(by, user) {
      const { password, stored } = await firstPassword();
      const changed = await changeUser(by, user, { ...stored, signedOutAt: now() });
      return changed && { user: changed, password };
    },

    removeUser(by, { organization, id, email }) {
      const record = { act: 'user.remove', by, what: { user: id, email } } as const;
      return told(organization, record, () => users.remove(organization, id), false);
    },

    createOrganization(by, name) {
      const organization = { id: `org_${random(12).toString('hex')}`, name, createdAt: now() };
      const record = { act: 'organization.create', by, what: { organization: organization.id, name } } as const;
      return told('default', record, () => store.organizations.create(organization), undefined);
    },

    async setPolicy(by, organization, policy, expected) {
      const from = expected === 'any' ? await controls.policy.version(organization) : expected;
      const record = {
        act: 'policy.change',
        by,
        what: { version: from + 1, policy: plain(withoutTexts(policy)) },
      } as const;
      return told(organization, record, () => controls.policy.set(organization, policy, from), undefined);
    },

    async setQuotas(by, organization, change, expected) {
      const from = expected === 'any' ? await controls.quotaChange.version(organization) : expected;
      const record = { act: 'quota.change', by, what: { version: from + 1, quotas: plain(change) } } as const;
      return told(organization, record, () => controls.quotaChange.set(organization, change, from), undefined);
    },

    async setReadOnly(by, { on, reason }) {
      const value = { on, reason, by: by.name ?? by.id, at: now() };
      // It is everybody's: the organization that is always there tells of it.
      await audit.record('default', { act: 'read-only.change', by, what: { on, reason } });
      for (let n = 0; n < MOST_TRIES; n++) {
        const version = await controls.readOnly.version(BROKER);
        if ((await controls.readOnly.set(BROKER, value, version)) !== undefined) return value;
      }
      throw new StoreUnavailable('others change the read-only mode without a break');
    },

    decideApproval(by, organization, id, decision, decider) {
      const { approve, reason } = decision;
      const what = { approval: id, approve, ...(reason !== undefined && { reason }) };
      const record = { act: 'approval.decide', by, what } as const;
      return told(
        organization,
        record,
        () => controls.approvals.decide(organization, id, decision, decider),
        'unknown',
      );
    },

    exportSecret(by) {
      const record = { act: 'secret.export', by, what: {} } as const;
      return told('default', record, () => storedSecret(store.documents), undefined);
    },

    async *exportAudit(by, organization, after) {
      await audit.record(organization, { act: 'audit.export', by, what: { after: after ?? 0 } });
      yield* audit.entries(organization, after);
    },
  };
}

/** JSON without what was not given: the text that is signed is the text that is read. */
function plain(value: object): AuditRecord['what'] {
  return JSON.parse(JSON.stringify(value)) as AuditRecord['what'];
}
