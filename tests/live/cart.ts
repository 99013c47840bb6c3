import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { attachedRuntime } from './attached.ts';
import { liveBroker } from './broker.ts';
import { type Assistant, currentClient } from './mcp-clients.ts';
import { NodeProcess } from './node-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVICE = fileURLToPath(new URL('../fixtures/cart-service.mjs', import.meta.url));

/** Where a line of the cart service with this text is, for a tool. */
export function cartPlace(text: string): { file: string; line: number } {
  return { file: 'fixtures/cart-service.mjs', line: lineOf(SERVICE, text) };
}

export interface LiveCart {
  readonly assistant: Assistant;
  readonly service: NodeProcess;
  /** Replaces the policy of the organization, as an administrator. */
  setPolicy(policy: object): Promise<void>;
  close(): Promise<void>;
}

/** The cart service as a real process, attached to a real broker, and an assistant there. */
export async function liveCart(environment: Readonly<Record<string, string>> = {}): Promise<LiveCart> {
  const broker = await liveBroker();
  const assistant = await currentClient(broker.url, broker.mcpToken);
  const service = new NodeProcess(['--import', '@borescope/agent', SERVICE], {
    cwd: ROOT,
    environment: { ...broker.agentEnvironment, BORESCOPE_SERVICE: 'cart', ...environment },
  });
  await service.line(/serving/);
  await attachedRuntime(assistant, 'cart');
  return {
    assistant,
    service,
    async setPolicy(policy) {
      const answer = await fetch(`${broker.url}/api/policy`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${broker.adminToken}`,
          'content-type': 'application/json',
          'if-match': '*',
        },
        body: JSON.stringify(policy),
      });
      assert.equal(answer.status, 200, await answer.text());
    },
    async close() {
      await assistant.close();
      await service.stop();
      await broker.close();
    },
  };
}
