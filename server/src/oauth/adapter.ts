import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import { z } from 'zod';
import type { DocumentStore, StoredDocument } from '../store/document-store.ts';
import { digest } from './digest.ts';
import type { Sealing } from './sealing.ts';

/** What sign-ins leave in the store belongs to no organization; that of a real one never begins with @. */
const ORGANIZATION = '@oauth';
/** Milliseconds that a registration is kept with which nobody has signed in, and one with which somebody has. */
const UNUSED_CLIENT = 30 * 86_400_000;
const USED_CLIENT = 400 * 86_400_000;
const PAGE = 100;

const stored = z.object({ sealed: z.string() });

export interface OAuthStateOptions {
  readonly documents: DocumentStore;
  readonly sealing: Sealing;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Everything that the provider keeps, so that any broker can go on with what another began. */
export interface OAuthState {
  readonly adapter: AdapterFactory;
  /** What a person has let applications do, newest last. `account` is as `accountId` has it. */
  grantsOf(account: string): Promise<AdapterPayload[]>;
  /** Ends it with all that was issued under it. */
  endGrant(grantId: string): Promise<void>;
  /** Somebody has signed in with this client: it is kept. */
  keepClient(clientId: string): Promise<void>;
}

/**
 * Ids of tokens, codes and sessions are what their holders show: the store has only their hashes, and the content sealed.
 * A second document points from what else is asked for (the uid of a session, the code that a person types) to the first.
 */
export function createOAuthState({ documents, sealing, clock }: OAuthStateOptions): OAuthState {
  const put = (kind: string, id: string, payload: unknown, expiresAt: number | undefined, expected: number) =>
    documents.put(
      ORGANIZATION,
      kind,
      { id, value: { sealed: sealing.seal(`${kind}:${id}`, payload) }, ...(expiresAt !== undefined && { expiresAt }) },
      expected,
    );
  const get = (kind: string, id: string) => documents.get(ORGANIZATION, kind, id);
  const open = (kind: string, { id, value }: StoredDocument) =>
    // What only this file could have sealed.
    sealing.open(`${kind}:${id}`, stored.parse(value).sealed) as AdapterPayload;

  async function write(kind: string, id: string, payload: unknown, expiresAt: number | undefined): Promise<void> {
    for (;;) {
      const found = await get(kind, id);
      if ((await put(kind, id, payload, expiresAt, found?.version ?? 0)) !== undefined) return;
    }
  }

  /** All whose id begins with `prefix`, in pages. */
  async function below(kind: string, prefix: string): Promise<StoredDocument[]> {
    const found: StoredDocument[] = [];
    for (let after = prefix; ; ) {
      const page = await documents.list(ORGANIZATION, kind, { after, limit: PAGE });
      const mine = page.filter(({ id }) => id.startsWith(prefix));
      found.push(...mine);
      after = mine.at(-1)?.id ?? '';
      if (mine.length < PAGE) return found;
    }
  }

  function adapter(model: string): Adapter {
    const read = async (id: string) => {
      const found = await get(model, digest(id));
      return found && open(model, found);
    };
    const follow = async (kind: string, key: string) => {
      const found = await get(kind, digest(key));
      return found && read(z.string().parse(sealing.open(`${kind}:${found.id}`, stored.parse(found.value).sealed)));
    };
    return {
      async upsert(id, payload, expiresIn) {
        // Only registrations come without a time.
        const expiresAt = clock() + (expiresIn === undefined ? UNUSED_CLIENT : expiresIn * 1000);
        // Else a registration without some scope could never be let do more, when it asks a person for it.
        const { scope: _scope, ...client } = payload;
        await write(model, digest(id), model === 'Client' ? client : payload, expiresAt);
        const { accountId, grantId, uid, userCode } = payload;
        if (model === 'Session' && uid !== undefined) await write('SessionUid', digest(uid), id, expiresAt);
        if (userCode !== undefined) await write('UserCode', digest(userCode), id, expiresAt);
        if (model === 'Grant' && accountId !== undefined) {
          await write('AccountGrant', `${accountId}.${digest(id)}`, id, expiresAt);
        }
        if (model !== 'Grant' && model !== 'Session' && grantId !== undefined) {
          await write(`${model}OfGrant`, `${digest(grantId)}.${digest(id)}`, id, expiresAt);
        }
      },
      find: read,
      findByUid: (uid) => follow('SessionUid', uid),
      findByUserCode: (userCode) => follow('UserCode', userCode),
      async consume(id) {
        const found = await get(model, digest(id));
        if (found === undefined) throw new errors.InvalidGrant('it has expired');
        const payload = open(model, found);
        const consumed = { ...payload, consumed: Math.floor(clock() / 1000) };
        const first = payload.consumed === undefined;
        // Of two who come with it at the same time one is told so, whichever broker they ask.
        const done = first && (await put(model, digest(id), consumed, found.expiresAt, found.version));
        if (!done) throw new errors.InvalidGrant('it was used already');
      },
      async destroy(id) {
        await documents.remove(ORGANIZATION, model, digest(id));
      },
      async revokeByGrantId(grantId) {
        const kind = `${model}OfGrant`;
        for (const { id } of await below(kind, `${digest(grantId)}.`)) {
          await documents.remove(ORGANIZATION, model, id.slice(id.indexOf('.') + 1));
          await documents.remove(ORGANIZATION, kind, id);
        }
      },
    };
  }

  return {
    adapter,

    async grantsOf(account) {
      const grants: AdapterPayload[] = [];
      for (const { id } of await below('AccountGrant', `${account}.`)) {
        const found = await get('Grant', id.slice(account.length + 1));
        if (found === undefined) await documents.remove(ORGANIZATION, 'AccountGrant', id);
        else grants.push(open('Grant', found));
      }
      return grants.toSorted((a, b) => (a.iat ?? 0) - (b.iat ?? 0));
    },

    async endGrant(grantId) {
      // It first: without it none of the others counts, and a broker that dies here leaves nothing open.
      await adapter('Grant').destroy(grantId);
      for (const model of ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'DeviceCode']) {
        await adapter(model).revokeByGrantId(grantId);
      }
    },

    async keepClient(clientId) {
      const found = await get('Client', digest(clientId));
      if (found === undefined) return;
      // Where somebody else does the same at the same time, once is enough.
      await put('Client', found.id, open('Client', found), clock() + USED_CLIENT, found.version);
    },
  };
}
