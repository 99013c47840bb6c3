import { z } from 'zod';
import type { DocumentStore, StoredDocument } from '../store/document-store.ts';
import type { Role } from './caller.ts';
import { seenText } from './seen-text.ts';

/** A person who signs in. */
export interface User {
  readonly id: string;
  readonly organization: string;
  /** In lower case. No other user of the broker has it. */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Names of services that the person is bound to; absent: all. */
  readonly services?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
  /** As `Passwords` made it; absent where the person signs in at the company's provider. */
  readonly passwordHash?: string | undefined;
  /** The password was made by an administrator: the next sign-in asks for one of the person's own. */
  readonly passwordIsTemporary?: boolean | undefined;
  /** Who it is at the company's provider. An e-mail address may be given to another person; this may not. */
  readonly upstream?: { readonly issuer: string; readonly subject: string } | undefined;
  /** Milliseconds since the epoch: sessions and applications of before do not count any more. */
  readonly signedOutAt?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly lastSignInAt?: number | undefined;
}

/** What a new user is made of. */
export type UserRequest = Omit<User, 'id' | 'createdAt' | 'lastSignInAt' | 'disabled'>;

/** What may be changed; an e-mail address may not: tokens and grants are given to the person who has it. */
export type UserChange = Partial<Omit<User, 'id' | 'organization' | 'email' | 'createdAt'>>;

export interface Users {
  /** Undefined where a user of any organization has this e-mail address. */
  create(request: UserRequest): Promise<User | undefined>;
  get(organization: string, id: string): Promise<User | undefined>;
  /** The only look-up without an organization: who signs in does not name one. */
  byEmail(email: string): Promise<User | undefined>;
  /** All of them, by their addresses. */
  list(organization: string): Promise<User[]>;
  /** Undefined where there is no such user. A field that is given as undefined is taken away. */
  change(organization: string, id: string, change: UserChange): Promise<User | undefined>;
  /** False where there is no such user. */
  remove(organization: string, id: string): Promise<boolean>;
}

export interface UsersOptions {
  readonly documents: DocumentStore;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Buffer;
}

const KIND = 'user';
/** Where each e-mail address stands once for the whole broker; organizations of its own begin with @. */
const INDEX = { organization: '@users', kind: 'email' } as const;
const PAGE = 200;

const stored = z.object({
  email: z.string(),
  name: z.string(),
  role: z.enum(['viewer', 'developer', 'admin']),
  services: z.array(z.string()).optional(),
  environments: z.array(z.string()).optional(),
  disabled: z.boolean().optional(),
  passwordHash: z.string().optional(),
  passwordIsTemporary: z.boolean().optional(),
  upstream: z.object({ issuer: z.string(), subject: z.string() }).optional(),
  signedOutAt: z.number().optional(),
  createdAt: z.number(),
  lastSignInAt: z.number().optional(),
});
const pointer = z.object({ organization: z.string(), id: z.string() });

/** `name@host`, at most 254 characters (RFC 5321), all of which are seen; in lower case. Undefined where it is none. */
export function normalEmail(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  if (email.length > 254 || seenText(email) !== email) return undefined;
  return /^[^\s@<>()",:;\\]+@[^\s@<>()",:;\\]+$/.test(email) ? email : undefined;
}

export function createUsers({ documents, clock, random }: UsersOptions): Users {
  async function get(organization: string, id: string): Promise<User | undefined> {
    const found = await documents.get(organization, KIND, id);
    return found && userOf(organization, found);
  }

  /** Takes an address, also one whose user is gone. */
  async function claim(email: string, value: z.infer<typeof pointer>): Promise<boolean> {
    for (;;) {
      const found = await documents.get(INDEX.organization, INDEX.kind, email);
      if (found !== undefined) {
        const { organization, id } = pointer.parse(found.value);
        if ((await get(organization, id)) !== undefined) return false;
      }
      const put = await documents.put(INDEX.organization, INDEX.kind, { id: email, value }, found?.version ?? 0);
      if (put !== undefined) return true;
    }
  }

  async function byEmail(email: string): Promise<User | undefined> {
    const found = await documents.get(INDEX.organization, INDEX.kind, email.toLowerCase());
    if (found === undefined) return undefined;
    const { organization, id } = pointer.parse(found.value);
    return get(organization, id);
  }

  return {
    get,
    byEmail,

    async create({ organization, ...fields }) {
      const id = `usr_${random(12).toString('hex')}`;
      const value = present({ ...fields, createdAt: clock() });
      // The user before the address: whoever finds the address taken finds the user, too.
      const put = await documents.put(organization, KIND, { id, value }, 0);
      if (put === undefined) throw new Error('a new user has the id of another');
      if (await claim(fields.email, { organization, id })) return userOf(organization, put);
      await documents.remove(organization, KIND, id);
      return undefined;
    },

    async list(organization) {
      const users: User[] = [];
      for (let after: string | undefined; ; ) {
        const page = await documents.list(organization, KIND, { limit: PAGE, ...(after !== undefined && { after }) });
        users.push(...page.map((document) => userOf(organization, document)));
        after = page.at(-1)?.id;
        if (page.length < PAGE) return users.toSorted((a, b) => (a.email < b.email ? -1 : 1));
      }
    },

    async change(organization, id, change) {
      // What shuts somebody out has to work in a store that takes nothing else.
      const whenFull = change.disabled === true || change.signedOutAt !== undefined;
      for (;;) {
        const found = await documents.get(organization, KIND, id);
        if (found === undefined) return undefined;
        const value = present({ ...stored.parse(found.value), ...change });
        const put = await documents.put(organization, KIND, { id, value }, found.version, { whenFull });
        if (put !== undefined) return userOf(organization, put);
      }
    },

    async remove(organization, id) {
      const user = await get(organization, id);
      if (user === undefined) return false;
      // The user first: an address that is left behind points nowhere, and can be taken.
      const removed = await documents.remove(organization, KIND, id);
      const found = await documents.get(INDEX.organization, INDEX.kind, user.email);
      if (found !== undefined && pointer.parse(found.value).id === id) {
        await documents.remove(INDEX.organization, INDEX.kind, user.email, found.version);
      }
      return removed;
    },
  };
}

function userOf(organization: string, { id, value }: StoredDocument): User {
  return { ...stored.parse(value), id, organization };
}

/** JSON has no undefined. */
function present(value: object): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
