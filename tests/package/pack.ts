import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { npm } from '../../scripts/run.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

const manifest = z.object({
  name: z.string(),
  type: z.enum(['module', 'commonjs']),
  dependencies: z.record(z.string(), z.string()).optional(),
  scripts: z.record(z.string(), z.string()).optional(),
});

export interface Packed {
  readonly name: string;
  readonly folder: string;
  readonly tarball: string;
  readonly manifest: z.infer<typeof manifest>;
}

export const PUBLISHED = ['agent-protocol', 'redaction', 'agent-node', 'server', 'cli'] as const;

/** Packs every published package as `npm publish` would, out of what is built, into a folder. */
export async function packAll(destination: string): Promise<Packed[]> {
  return Promise.all(
    PUBLISHED.map(async (name) => {
      const folder = join(root, name);
      const own = join(destination, name);
      mkdirSync(own, { recursive: true });
      await npm(['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', own], { cwd: folder });
      const [tarball, ...others] = readdirSync(own);
      if (tarball === undefined || others.length > 0)
        throw new Error(`npm pack made ${others.length} files of ${name}`);
      const parsed = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
      return { name: parsed.name, folder, tarball: join(own, tarball), manifest: parsed };
    }),
  );
}
