import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { WorkerData } from '../worker-data.ts';
import { readCommit } from './commit.ts';
import { nearestManifest } from './manifest.ts';

/** Put in by the build, from package.json. */
declare const AGENT_VERSION: string;

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
