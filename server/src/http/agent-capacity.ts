import { readFileSync } from 'node:fs';

/** Share of the open-file limit that agents may take; the rest is for assistants, the store and the logs. */
const SHARE = 0.8;
/** Where the limit cannot be read (not Linux), or there is none. */
const DEFAULT = 20_000;

/** How many agents this process can hold: beyond the file limit a server stops accepting altogether. */
export function agentCapacity(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? DEFAULT : Math.floor(Number(soft) * SHARE);
  } catch {
    return DEFAULT;
  }
}
