import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RuntimeDescription } from '@borescope/agent-protocol';
import { z } from 'zod';
import type { WorkerData } from '../worker-data.ts';
import { readCommit } from './commit.ts';

/** Put in by the build, from package.json. */
declare const AGENT_VERSION: string;

const manifest = z.object({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
});

/** What the broker is told of this process. Reads files, and only in the worker. */
export async function describeRuntime(data: WorkerData): Promise<RuntimeDescription> {
  const folder = data.script === null ? data.cwd : dirname(data.script);
  const found = await nearestManifest(folder);
  const { settings } = data;
  const fallback = data.script === null ? 'node' : basename(data.script).replace(/\.[cm]?[jt]s$/, '');
  const version = settings.version ?? found?.version?.slice(0, 256);
  const commit = await readCommit(folder);
  return {
    id: data.runtimeId,
    service: settings.service ?? (found?.name || fallback || 'node').slice(0, 256),
    ...(version === undefined ? {} : { version }),
    ...(settings.environment === null ? {} : { environment: settings.environment }),
    ...(commit === undefined ? {} : { commit }),
    tags: { ...settings.tags },
    language: 'node',
    languageVersion: process.versions.node,
    agentVersion: AGENT_VERSION,
    host: hostname().slice(0, 256),
    pid: process.pid,
    startedAt: data.startedAt,
    capabilities: ['snapshot', 'inspect'],
  };
}

/** Folder of the nearest package.json at or above `folder`, with its name and version. */
export async function nearestManifest(
  folder: string,
): Promise<{ folder: string; name: string | undefined; version: string | undefined } | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const parsed = manifest.safeParse(JSON.parse(await readFile(join(at, 'package.json'), 'utf8')));
      // A package.json that only says `type` marks a folder, not a package.
      if (parsed.success && parsed.data.name)
        return { folder: at, name: parsed.data.name, version: parsed.data.version };
    } catch {
      // None here, or not readable: look further up.
    }
    if (dirname(at) === at) return undefined;
  }
}
