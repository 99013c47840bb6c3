import { readFileSync } from 'node:fs';

/** Shares of the open-file limit. The rest of the connections is for assistants and people, and behind that for the store and the logs. */
const AGENTS = 0.8;
const CONNECTIONS = 0.9;
/** Where the limit cannot be read (not Linux), or there is none. */
const DEFAULT = 25_000;

export interface Capacity {
  /** Agents that this process can hold. */
  readonly agents: number;
  /** Connections of all kinds: beyond the file limit a process can neither accept one nor open its store. */
  readonly connections: number;
}

export function capacity(): Capacity {
  const files = openFileLimit() ?? DEFAULT;
  return { agents: Math.floor(files * AGENTS), connections: Math.floor(files * CONNECTIONS) };
}

function openFileLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
