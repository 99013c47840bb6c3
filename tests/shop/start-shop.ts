import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../live/node-process.ts';

/** The example shop in a process of its own, on a free port. `nodeOptions` come before the script. */
export async function startShop(
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<{ process: NodeProcess; url: string }> {
  const cwd = fileURLToPath(new URL('../../examples/shop', import.meta.url));
  const shop = new NodeProcess([...nodeOptions, 'dist/main.js'], { cwd, environment: { PORT: '0', ...environment } });
  const [, url = ''] = await shop.line(/shop listens on (\S+)/);
  return { process: shop, url };
}
