/**
 * Every key of the store. What belongs to an organization has its name in braces, which makes it one slot of a cluster:
 * a script may touch all of it. `:` behind a name means that an id follows, as the last part.
 */
const OF_ORGANIZATION = {
  /** Marks that the organization is listed in `GLOBAL.spaces`. */
  known: 'known',
  /** Hash: what is fixed of an action, its state, its placements (`scripts/record.ts`). */
  action: 'action:',
  /** List: the hits of an action in the order of their numbers, from 1. */
  hits: 'hits:',
  /** Sorted by id: all actions, and those of one state. */
  actions: 'actions',
  state: 'state:',
  /** Sorted by deadline: the actions that are not over. */
  live: 'live',
  /** Sorted by end: the actions that are over. */
  ended: 'ended',
  /** Hash: a runtime, its epoch, and where it is attached. */
  runtime: 'runtime:',
  /** Sorted by id: the live actions of a runtime on which its placement has not failed. */
  liveOn: 'live-on:',
  /** Sorted by the end of the lease: the runtimes that are attached. */
  attached: 'attached',
  /** Hash: of the runtimes that are attached, id to epoch. */
  epochs: 'epochs',
  /** A name that changes whenever something else is attached. */
  directory: 'directory',
  /** Hash: a token. Sorted by creation: the ids of all. */
  token: 'token:',
  tokens: 'tokens',
  /** Hash: day to key. */
  pseudonyms: 'pseudonyms',
  /** Hash: a document of a kind. Sorted by id: all of a kind. Sorted by their end: `KIND:ID` of those that have one. */
  document: 'document:',
  documents: 'documents:',
  expiring: 'expiring',
  /** Hash: the ends of the audit chain. Stream: its entries, by their sequence. */
  audit: 'audit',
  entries: 'audit-entries',
  /** Number: what was taken of a window, `LENGTH:START:NAME`. Hash: a token bucket. Sorted by their end: the leases of a name. */
  window: 'window:',
  bucket: 'bucket:',
  lease: 'lease:',
} as const;

/** Keys of no organization. Each is touched by itself. */
export const GLOBAL = {
  /** Version of what is stored. */
  schema: 'borescope:schema',
  /** Hash: name to organization. */
  organizations: 'borescope:organizations',
  /** Set: every organization that has anything. */
  spaces: 'borescope:spaces',
  /** Written to find out whether writing works. */
  check: 'borescope:check',
  /** Names the run of `borescope migrate` that moves the store now; expires soon after its end. */
  moving: 'borescope:moving',
  /** Stands while a move writes the store, and after it was broken off. */
  unfinished: 'borescope:unfinished',
  /** Channel: what a broker tells all others. */
  notices: 'borescope:notices',
} as const;

/** Of every key of the store, as `SCAN` matches it. */
export const EVERY_KEY = 'borescope:*';

const INBOX = 'borescope:inbox:';

/** Stream: what one broker is told. */
export function inboxOf(replica: string): string {
  return `${INBOX}${replica}`;
}

/** There only while a broker lives, and for a minute after it was killed. */
export function isInbox(key: string): boolean {
  return key.startsWith(INBOX);
}

/** To the organization and the id of a token. */
export function tokenByHash(hash: string): string {
  return `borescope:token:${hash}`;
}

type Name = keyof typeof OF_ORGANIZATION;

function prefixOf(organization: string): string {
  // A brace in a name would end the part that chooses the slot.
  return `borescope:{${encodeURIComponent(organization)}}:`;
}

export function keyOf(organization: string, name: Name, id = ''): string {
  return `${prefixOf(organization)}${OF_ORGANIZATION[name]}${id}`;
}

/**
 * The keys of every script of an organization: its prefix, from which the script makes the names that it needs, and one more.
 * There is never a key that is only the prefix. So while a cluster moves the slot Redis finds one of two missing and answers
 * TRYAGAIN; of one alone it would answer ASK, and the script would run at the new node without what is still at the old one.
 */
export function keysOf(organization: string): readonly [prefix: string, known: string] {
  return [prefixOf(organization), keyOf(organization, 'known')];
}

/** The organization of a key, and what stands behind its prefix; undefined for one of no organization. */
export function parseKey(key: string): { organization: string; rest: string } | undefined {
  const [, encoded, rest] = /^borescope:\{([^}]*)\}:(.*)$/s.exec(key) ?? [];
  if (encoded === undefined || rest === undefined) return undefined;
  return { organization: decodeURIComponent(encoded), rest };
}

/** The id of what has this name; undefined where `rest`, as `parseKey` gives it, is of another name. */
export function idOf(rest: string, name: Name): string | undefined {
  const key = OF_ORGANIZATION[name];
  return rest.startsWith(key) ? rest.slice(key.length) : undefined;
}

/** The same names in Lua: `at.live`, `at.action .. id`. */
export const KEYS_LUA = `local at = {}
${Object.entries(OF_ORGANIZATION)
  .map(([name, key]) => `at.${name} = KEYS[1] .. '${key}'`)
  .join('\n')}`;
