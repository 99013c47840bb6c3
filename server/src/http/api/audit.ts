import { z } from 'zod';
import type { Link } from '../../audit/chain.ts';
import type { StoredAuditEntry } from '../../store/audit-store.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineLines, defineRoute } from './api-route.ts';
import { isoTime, timeField } from './fields.ts';

const auditLine = z.object({
  sequence: z.int().describe('1, 2, 3... without a gap.'),
  time: timeField,
  act: z.string(),
  by: z
    .record(z.string(), z.unknown())
    .describe('kind, id, and what else is known of who acted: name, user, and the address of the client.'),
  what: z.record(z.string(), z.unknown()),
  mac: z.string().describe('Of this entry and the one before it. With its sequence it is an anchor.'),
});

const record = auditLine.pick({ act: true, by: true, what: true });

export const exportAudit = defineLines({
  id: 'exportAudit',
  method: 'GET',
  path: '/api/audit',
  need: 'organization',
  summary: 'The audit of the organization',
  description:
    'In the order of the entries, to the last one. That it was exported is an entry, too. It holds no captured value; what callers wrote has gone through the redaction.',
  input: z.strictObject({
    after: z
      .string()
      .regex(/^\d{1,15}$/, 'must be a whole number')
      .transform(Number)
      .optional()
      .describe('Only entries behind this sequence.'),
  }),
  output: auditLine,
  async run({ after }, { administration, caller }: AdministrationContext) {
    return lines(administration.exportAudit(caller.actor, caller.organization, after));
  },
});

export const verifyAudit = defineRoute({
  id: 'verifyAudit',
  method: 'GET',
  path: '/api/audit/verify',
  need: 'organization',
  summary: 'Check the chain of the audit',
  description:
    'Finds entries that were changed, dropped, put in another order or cut off. Keep the anchor elsewhere: given here later, it shows that nothing up to it was taken away.',
  input: z.strictObject({
    anchor: z
      .string()
      .regex(/^\d{1,15}:[0-9a-f]{64}$|^0:$/, 'must be SEQUENCE:MAC, as an earlier check answered it')
      .transform(linkIn)
      .optional(),
  }),
  output: z.object({
    valid: z.boolean(),
    entries: z.int().describe('Entries that were looked at, all right up to the flaw.'),
    anchor: z.string().describe('Of the last entry, SEQUENCE:MAC.'),
    flaw: z
      .object({ sequence: z.int(), problem: z.string() })
      .optional()
      .describe('The first entry that is not as it was written, and what is wrong with it.'),
    warning: z.string().optional().describe('There is no chain, where one is to be expected: what is known of it.'),
  }),
  async run({ anchor }, context: AdministrationContext) {
    const { entries, anchor: last, flaw } = await context.controls.audit.verify(context.caller.organization, anchor);
    const valid = flaw === undefined;
    const warning = valid && last.sequence === 0 ? await withoutChain(context) : undefined;
    return {
      valid,
      entries,
      anchor: `${last.sequence}:${last.mac}`,
      ...(flaw !== undefined && { flaw }),
      ...(warning !== undefined && { warning }),
    };
  },
});

/** A chain that is gone as a whole looks like one that never was, but for what would have had an entry in it. */
async function withoutChain({ tokens, users, caller }: AdministrationContext): Promise<string | undefined> {
  const [{ length: made }, { length: people }] = await Promise.all([
    tokens.list(caller.organization),
    users.list(caller.organization),
  ]);
  if (made + people === 0) return undefined;
  return `there is no chain, and the organization has tokens (${made}) or accounts (${people}), each of which is told in it when it is made: either the whole chain was taken away, or all of them are of a version that kept no audit. An anchor of an earlier check shows which`;
}

async function* lines(entries: AsyncIterable<StoredAuditEntry>): AsyncGenerator<z.infer<typeof auditLine>> {
  for await (const { sequence, at, text, mac } of entries) {
    yield { sequence, time: isoTime(at), ...record.parse(JSON.parse(text)), mac };
  }
}

function linkIn(text: string): Link {
  const [sequence = '', mac = ''] = text.split(':');
  return { sequence: Number(sequence), mac };
}
