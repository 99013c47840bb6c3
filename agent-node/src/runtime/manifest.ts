import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifest = z.object({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
});

export interface Manifest {
  readonly folder: string;
  readonly name: string;
  readonly version: string | undefined;
}

/** Of the package whose folder this is. A package.json that only says `type` marks a folder, not a package. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const parsed = manifest.safeParse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
    if (!parsed.success || !parsed.data.name) return undefined;
    return { folder, name: parsed.data.name, version: parsed.data.version };
  } catch {
    // None here, or not readable.
    return undefined;
  }
}

/** The nearest at or above `folder`. */
export async function nearestManifest(folder: string): Promise<Manifest | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await readManifest(at);
    if (found !== undefined || dirname(at) === at) return found;
  }
}
