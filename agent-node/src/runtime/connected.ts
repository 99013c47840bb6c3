import { readFileSync } from 'node:fs';

/** `TCP_ESTABLISHED` (include/net/tcp_states.h). */
const ESTABLISHED = '01';

/** Is anybody connected to this port of ours? Undefined where that cannot be told: read from `/proc` (proc_net(5)). */
export function isConnectedTo(port: number): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let found: boolean | undefined;
  for (const table of ['tcp', 'tcp6']) {
    const lines = linesOf(`/proc/self/net/${table}`);
    if (lines === undefined) continue;
    found ??= false;
    // `sl local_address rem_address st ...`; the addresses end in the port.
    for (const line of lines) {
      const [, local, , state] = line.trim().split(/\s+/);
      if (state === ESTABLISHED && local?.endsWith(wanted) === true) return true;
    }
  }
  return found;
}

function linesOf(path: string): string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return undefined;
  }
}
