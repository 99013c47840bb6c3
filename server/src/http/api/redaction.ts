import { z } from 'zod';
import { maySee } from '../../actions/target.ts';
import { listLateRedactions } from '../../hits/late-redactions.ts';
import { visibleLine } from '../../mcp/visible-text.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineRoute } from './api-route.ts';
import { isoTime, nothing, timeField, untrustedField } from './fields.ts';

export const listRedactionWarnings = defineRoute({
  id: 'listRedactionWarnings',
  method: 'GET',
  path: '/api/redaction/warnings',
  need: 'read',
  summary: 'What only the broker has hidden',
  description:
    'Agents hide before they send. What the broker still had to hide in the last seven days is a warning: the agent there is older than a rule, or not ours. What an RE2 pattern of the policy finds is none: agents do not know these.',
  input: nothing,
  output: z.object({
    warnings: z.array(
      z.object({
        service: z.string(),
        environment: z.string().optional(),
        kinds: z.record(z.string(), z.int()).describe('Values by kind.'),
        first_at: timeField,
        last_at: timeField,
        runtime: z.string().describe('That has sent the last.'),
        message: z.string(),
      }),
    ),
    untrusted: untrustedField,
  }),
  async run(_input, { store, caller }: AdministrationContext) {
    const found = await listLateRedactions(store.documents, caller.organization);
    return {
      warnings: found
        .filter(({ service, environment }) => maySee(caller, { service, environment }))
        .map(({ service, environment, kinds, firstAt, lastAt, runtime }) => ({
          service: visibleLine(service, 256),
          ...(environment !== undefined && { environment: visibleLine(environment, 256) }),
          kinds,
          first_at: isoTime(firstAt),
          last_at: isoTime(lastAt),
          runtime,
          message: `The broker has hidden what agents of ${visibleLine(service, 256)} have sent: install there the agent of this broker.`,
        })),
      untrusted: true as const,
    };
  },
});
