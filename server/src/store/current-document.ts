import type { z } from 'zod';
import type { DocumentStore, DocumentValue } from './document-store.ts';
import { StoreUnavailable } from './store.ts';

/** A document of which an organization has one, as it was read. */
export interface Current<Value> {
  readonly value: Value;
  /** 0 where there is none, and `value` is what holds then. */
  readonly version: number;
}

/**
 * The one document of a kind that each organization has, such as its policy. Calls come often and it hardly ever changes, so
 * what was read holds for `HOLDS` milliseconds; a change by this process holds at once.
 */
export interface CurrentDocument<Value> {
  /** Rejects with `StoreUnavailable`, and with `DocumentNotUnderstood`: then nothing may be allowed by it. */
  get(organization: string): Promise<Current<Value>>;
  /** That of the one that is there, understood or not: for who replaces it whatever it says. */
  version(organization: string): Promise<number>;
  /** Undefined, and nothing is written, where another version is there. */
  set(organization: string, value: Value, expected: number): Promise<Current<Value> | undefined>;
}

/** Written by another version, or damaged. For those who ask it is as if it could not be read; the message says how to mend it. */
export class DocumentNotUnderstood extends StoreUnavailable {}

/** The version that a change is made from; `any`: whatever is there goes, also what is not understood. */
export type Expected = number | 'any';

export interface CurrentDocumentOptions<Value> {
  readonly documents: DocumentStore;
  readonly kind: string;
  readonly schema: z.ZodType<Value>;
  /** The command that puts another one in its place, where the store is. */
  readonly replacedBy: string;
  /** What holds where nothing was set. */
  readonly otherwise: Value;
  /** Milliseconds, of a clock that never goes back. */
  readonly monotonic: () => number;
}

/** With the look of those who must hear of a change, it is known everywhere within a second. */
const HOLDS = 300;
/** Organizations of which it is kept in memory. */
const MOST = 2_000;
const ID = 'current';

export function currentDocument<Value extends DocumentValue>(
  options: CurrentDocumentOptions<Value>,
): CurrentDocument<Value> {
  const { documents, kind, schema, replacedBy, otherwise, monotonic } = options;
  const known = new Map<string, { readonly until: number; readonly read: Promise<Current<Value>> }>();

  async function read(organization: string): Promise<Current<Value>> {
    const found = await documents.get(organization, kind, ID);
    if (found === undefined) return { value: otherwise, version: 0 };
    const { data } = schema.safeParse(found.value);
    if (data !== undefined) return { value: data, version: found.version };
    throw new DocumentNotUnderstood(
      `the ${kind} of the organization ${organization} is not one that this version understands: start the newer version that has written it, or replace it where the store is with ${replacedBy}`,
    );
  }

  function keep(organization: string, pending: Promise<Current<Value>>): void {
    known.delete(organization);
    known.set(organization, { until: monotonic() + HOLDS, read: pending });
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break;
      known.delete(oldest);
    }
  }

  return {
    get(organization) {
      const held = known.get(organization);
      if (held !== undefined && monotonic() < held.until) return held.read;
      const pending = read(organization);
      keep(organization, pending);
      // A failure is not kept: the next call asks again.
      pending.catch(() => {
        if (known.get(organization)?.read === pending) known.delete(organization);
      });
      return pending;
    },
    async version(organization) {
      return (await documents.get(organization, kind, ID))?.version ?? 0;
    },
    async set(organization, value, expected) {
      // One for each organization, and the one that stops everybody must be written wherever it is needed.
      const written = await documents.put(organization, kind, { id: ID, value }, expected, { whenFull: true });
      known.delete(organization);
      return written && { value, version: written.version };
    },
  };
}
