import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { AttachedRuntime } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf } from './keys.ts';
import { fromJson, type Reply, toFields, toReplies, toReply } from './reply.ts';
import { READ_DIRECTORY, READ_RUNTIMES } from './scripts/attachment.ts';

/** Organizations whose directory is kept as it was read last; beyond, all are read anew. */
const MOST_KNOWN = 100;
/** Runtimes read in one step: others wait for it. */
const READ_AT_ONCE = 500;

interface Known {
  /** Of the directory when this was read. */
  readonly name: string;
  /** By id, in the order of the ids. */
  readonly runtimes: ReadonlyMap<string, AttachedRuntime>;
}

/**
 * Every call that places something asks for all runtimes of its organization, and they are up to ten thousand. So what was
 * read is kept, and only what has attached since is read again; what is true is asked for each time.
 */
export class Directories {
  readonly #connection: RedisConnection;
  readonly #known = new Map<string, Known>();

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** In the order of their ids. */
  async list(organization: string): Promise<AttachedRuntime[]> {
    const before = this.#known.get(organization);
    const { run } = this.#connection;
    const [name, ...rest] = toReply(await run(READ_DIRECTORY, keysOf(organization), [before?.name ?? '']));
    if (before !== undefined && name === before.name && rest.length === 0) return [...before.runtimes.values()];
    const runtimes = await this.#read(organization, toFields(rest), before);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    // No name: nothing was ever attached, or Redis has lost its data.
    if (typeof name !== 'string' || name === '') this.#known.delete(organization);
    else this.#known.set(organization, { name, runtimes });
    return [...runtimes.values()];
  }

  async #read(
    organization: string,
    epochs: ReadonlyMap<string, string>,
    before: Known | undefined,
  ): Promise<ReadonlyMap<string, AttachedRuntime>> {
    const isKnown = (id: string) => before?.runtimes.get(id)?.epoch === Number(epochs.get(id));
    const ids = [...epochs.keys()].sort();
    const unknown = ids.filter((id) => !isKnown(id));
    const read = new Map<string, AttachedRuntime>();
    for (let n = 0; n < unknown.length; n += READ_AT_ONCE) {
      const some = unknown.slice(n, n + READ_AT_ONCE);
      const rows = toReplies(await this.#connection.run(READ_RUNTIMES, keysOf(organization), some));
      for (const row of rows) {
        // It may have left since; then the directory has another name, too.
        const attached = toAttached(row);
        if (attached !== undefined) read.set(attached.runtime.id, attached);
      }
    }
    return new Map(
      ids.flatMap((id) => {
        const attached = read.get(id) ?? (isKnown(id) ? before?.runtimes.get(id) : undefined);
        return attached === undefined ? [] : [[id, attached] as const];
      }),
    );
  }
}

/** From {description, replica, epoch, attachedAt, attached}; undefined where it is not attached. */
export function toAttached([description, replica, epoch, attachedAt, attached]: Reply): AttachedRuntime | undefined {
  if (attached !== '1' || typeof description !== 'string' || typeof replica !== 'string') return undefined;
  const runtime = fromJson<RuntimeDescription>(description);
  return { runtime, replica, epoch: Number(epoch), attachedAt: Number(attachedAt) };
}
