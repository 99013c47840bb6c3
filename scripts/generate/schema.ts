import { agentFrame, brokerFrame, capturedValue, PROTOCOL } from '@borescope/agent-protocol';
import { z } from 'zod';
import type { GeneratedFile } from './generated-file.ts';

const SCHEMAS = [
  { file: 'agent-frame', schema: agentFrame, title: 'A frame that an agent sends' },
  { file: 'broker-frame', schema: brokerFrame, title: 'A frame that a broker sends' },
  { file: 'captured-value', schema: capturedValue, title: 'A value of the application as it was captured' },
] as const;

/** JSON Schema of what crosses the wire. `io: 'input'`: a receiver ignores fields that it does not know. */
export function schemaFiles(): GeneratedFile[] {
  return SCHEMAS.map(({ file, schema, title }) => ({
    path: `agent-protocol/schema/${file}.json`,
    text: json({
      $comment: `Generated from agent-protocol/src by npm run generate. Protocol versions ${PROTOCOL.min} to ${PROTOCOL.max}.`,
      title,
      ...z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }),
    }),
  }));
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
