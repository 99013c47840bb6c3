import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Approval } from '../policies/approvals.ts';
import { visibleLine } from './visible-text.ts';

/** The person in front of a client that can ask: by elicitation, in the rounds of the revision 2026-07-28. */
export interface Person {
  /** What they said to a request for approval; undefined where they were not asked, or gave no answer. */
  answer(approval: Approval): { readonly approve: boolean } | undefined;
}

/** A client that lists URLs alone shows no form; one that lists nothing shows one. */
const asks = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    elicitation: z.looseObject({}).refine((modes) => 'form' in modes || !('url' in modes)),
  }),
});

/**
 * Undefined where the client cannot ask. One of the revisions before could be asked on its own stream only, which needs a
 * session: for those a person decides elsewhere.
 */
export function personOf({ mcpReq }: ServerContext): Person | undefined {
  if (!asks.safeParse(mcpReq.envelope).success) return undefined;
  return {
    answer(approval) {
      const said = inputResponse(mcpReq.inputResponses, questionOf(approval));
      if (said.kind !== 'elicit' || said.action === 'cancel') return undefined;
      return { approve: said.action === 'accept' && said.content?.['approve'] === true };
    },
  };
}

/** One that is asked for anew has the same id, and may show another line: an answer is to what was shown. */
function questionOf({ id, asked_at: askedAt }: Approval): string {
  return `${id}.${askedAt}`;
}

/** Characters of each part that a person reads. */
const MOST = 300;

/** Asks for one approval. What is shown are the caller's own words and the deployed line, redacted and made visible. */
export function askFor(approval: Approval): InputRequiredResult {
  const { request } = approval;
  const line = (text: string) => visibleLine(text, MOST);
  const message = [
    `Place a probe (${request.kind}) in ${request.environments.map(line).join(', ')}?`,
    `Where: ${line(request.file)}:${request.line}${request.source_line === '' ? '' : `, before the line runs: ${line(request.source_line.trim())}`}`,
    ...(request.other_source_lines ?? []).map((text) =>
      text === '' ? 'On some runtimes the line is not known' : `On some runtimes: ${line(text.trim())}`,
    ),
    `On: ${request.runtimes} runtimes that match ${line(request.target)}`,
    ...(request.condition === undefined ? [] : [`Only where: ${line(request.condition)}`]),
    ...(request.expressions.length === 0 ? [] : [`Also captured: ${request.expressions.map(line).join('; ')}`]),
    `At most ${request.max_hits} hits within ${request.timeout_seconds} s. Cost: ${request.cost}.`,
  ].join('\n');
  const requestedSchema = {
    type: 'object' as const,
    properties: { approve: { type: 'boolean' as const, title: 'Place this probe', default: false } },
    required: ['approve'],
  };
  return inputRequired({
    inputRequests: { [questionOf(approval)]: inputRequired.elicit({ message, requestedSchema }) },
  });
}
