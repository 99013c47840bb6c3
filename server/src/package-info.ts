import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** The version of the installed broker; the file lies above both `src` and `dist`. */
export function brokerVersion(): string {
  return manifest.parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version;
}

/** Where the agent that matches this broker lies when it is packed with it. */
export function packedAgentPath(): string {
  return fileURLToPath(new URL('../agent.tgz', import.meta.url));
}
