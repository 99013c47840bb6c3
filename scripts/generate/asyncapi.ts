import { readFileSync } from 'node:fs';
import * as protocol from '@borescope/agent-protocol';
import { z } from 'zod';
import type { GeneratedFile } from './generated-file.ts';
import { json } from './schema.ts';

const { agentFrame, brokerFrame, CLOSE, LIMITS, PROTOCOL } = protocol;

interface Message {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly sender: 'agent' | 'broker';
}

/** The frames of one side: the registry has their ids and descriptions, the `type` field their names. */
function messagesOf(sender: Message['sender'], frames: typeof agentFrame | typeof brokerFrame): Message[] {
  return frames.options.map((frame) => {
    const meta = z.globalRegistry.get(frame);
    const name = [...frame.shape.type.values][0];
    if (meta?.id === undefined || meta.description === undefined || name === undefined) {
      throw new Error(`a frame of the ${sender} has no id or no description in its meta`);
    }
    return { id: meta.id, name, summary: meta.description, sender };
  });
}

const goldenFile = z.array(z.object({ name: z.string(), frame: z.looseObject({ type: z.string() }) }));

function firstExample(message: Message): unknown {
  const path = new URL(`../../agent-protocol/golden/${message.sender}-frames.json`, import.meta.url);
  const golden = goldenFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  const example = golden.find(({ frame }) => frame.type === message.name);
  if (example === undefined) throw new Error(`no golden frame of type ${message.name}`);
  return { name: example.name, payload: example.frame };
}

/** The named schemas of the wire; the global registry may hold those of other packages too. */
function wireSchemas() {
  const registry = z.registry<{ id: string; description?: string | undefined }>();
  for (const schema of Object.values(protocol)) {
    if (!(schema instanceof z.ZodType)) continue;
    const { id, ...meta } = z.globalRegistry.get(schema) ?? {};
    if (id !== undefined) registry.add(schema, { ...meta, id });
  }
  return registry;
}

/** AsyncAPI 3 of `/agent/v1`, from the broker's side: it receives what agents send. */
export function asyncApiFile(): GeneratedFile {
  const messages = [...messagesOf('agent', agentFrame), ...messagesOf('broker', brokerFrame)];
  const { schemas } = z.toJSONSchema(wireSchemas(), {
    io: 'input',
    target: 'draft-7',
    uri: (id) => `#/components/schemas/${id}`,
    // Inside a document that has an identity of its own, `$id` and `$schema` would give each part another one.
    override: ({ jsonSchema }) => {
      delete jsonSchema.$id;
    },
  });
  const operation = (message: Message) => ({
    action: message.sender === 'agent' ? 'receive' : 'send',
    channel: { $ref: '#/channels/agent' },
    summary: message.summary,
    messages: [{ $ref: `#/channels/agent/messages/${message.id}` }],
    ...(REPLIES[message.name] === undefined
      ? {}
      : { reply: { messages: [{ $ref: `#/channels/agent/messages/${REPLIES[message.name]}` }] } }),
  });
  return {
    path: 'agent-protocol/asyncapi.json',
    text: json({
      asyncapi: '3.0.0',
      info: {
        title: 'Borescope agent protocol',
        version: String(PROTOCOL.max),
        description:
          'The WebSocket between the Borescope broker and an agent inside a running process. One JSON object in one text message each way. Generated from agent-protocol/src by npm run generate; the guide is docs/agent-protocol.md, golden frames are in agent-protocol/golden.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        'x-protocol-versions': PROTOCOL,
        'x-limits': LIMITS,
        'x-close-codes': CLOSE,
      },
      defaultContentType: 'application/json',
      servers: {
        local: { host: '127.0.0.1:7373', protocol: 'ws', security: [{ $ref: '#/components/securitySchemes/token' }] },
      },
      channels: {
        agent: {
          address: '/agent/v1',
          servers: [{ $ref: '#/servers/local' }],
          messages: Object.fromEntries(messages.map(({ id }) => [id, { $ref: `#/components/messages/${id}` }])),
          bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
        },
      },
      operations: Object.fromEntries(messages.map((message) => [message.name, operation(message)])),
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A token of kind `agent` (`bore_agt_...`).' },
        },
        messages: Object.fromEntries(
          messages.map((message) => [
            message.id,
            {
              name: message.name,
              summary: message.summary,
              payload: { $ref: `#/components/schemas/${message.id}` },
              examples: [firstExample(message)],
              ...(message.name.startsWith('inspect')
                ? { correlationId: { location: '$message.payload#/requestId' } }
                : {}),
            },
          ]),
        ),
        schemas: Object.fromEntries(
          Object.entries(schemas).map(([id, { $schema: _dialect, $id: _identity, ...schema }]) => [id, schema]),
        ),
      },
    }),
  };
}

/** Requests of the protocol that have one direct answer. */
const REPLIES: Readonly<Record<string, string>> = { hello: 'Welcome', inspect: 'Inspected' };
