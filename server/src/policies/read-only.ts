import { z } from 'zod';
import { type CurrentDocument, currentDocument } from '../store/current-document.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** The switch for everyone at once. */
export const readOnlySchema = z.strictObject({
  on: z.boolean(),
  /** Shown to whoever is refused. */
  reason: z.string().max(256).default(''),
  by: z.string().max(256),
  at: z.number(),
});

export type ReadOnly = z.infer<typeof readOnlySchema>;

/** Belongs to no organization: it is of the whole installation. */
export const BROKER = '@broker';

export function readOnlySwitch(documents: DocumentStore, monotonic: () => number): CurrentDocument<ReadOnly> {
  return currentDocument({
    documents,
    kind: 'read-only',
    replacedBy: 'borescope read-only on|off',
    schema: readOnlySchema,
    otherwise: { on: false, reason: '', by: '', at: 0 },
    monotonic,
  });
}
