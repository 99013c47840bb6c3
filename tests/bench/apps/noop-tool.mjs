// The floor that the broker is measured against: the SDK's own way to serve one tool that does nothing.
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import Fastify from 'fastify';
import { z } from 'zod';

const inputSchema = z.object({ text: z.string().optional() });

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'noop', version: '1.0.0' });
  server.registerTool('noop', { description: 'Does nothing', inputSchema }, async () => ({
    content: [{ type: 'text', text: 'ok' }],
  }));
  return server;
});

const app = Fastify();
const node = toNodeHandler(handler);
app.all('/mcp', (request, reply) => {
  reply.hijack();
  return node(request.raw, reply.raw, request.body);
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`listening ${app.server.address().port}\n`);
process.on('SIGTERM', () => process.exit(0));
