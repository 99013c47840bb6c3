import { decodeAgentFrame } from '@borescope/agent-protocol';
import type { FaultProxy } from './fault-proxy.ts';
import type { History } from './history.ts';

/**
 * Writes down which probes real agents say that they have. An agent says nothing while it has no connection: what went
 * meanwhile is noted when it comes back and no longer names it. Returns what must be called with each such runtime.
 */
export function observeProbes(wire: FaultProxy, history: History): (runtime: string) => void {
  const observed = new Map<string, Set<string>>();
  const speakers = new Map<number, string>();
  const note = (runtime: string, action: string, present: boolean) => {
    const probes = observed.get(runtime);
    if (probes === undefined || probes.has(action) === present) return;
    if (present) probes.add(action);
    else probes.delete(action);
    history.record({ type: 'probe', runtime, action, present });
  };
  wire.watch(({ direction, connection, text }) => {
    if (direction === 'to-client') return 'pass';
    const decoded = decodeAgentFrame(text);
    if (!decoded.ok) return 'pass';
    const { frame } = decoded;
    if (frame.type === 'hello') {
      speakers.set(connection, frame.runtime.id);
      const live = new Set(frame.live.map(({ actionId }) => actionId));
      for (const action of observed.get(frame.runtime.id) ?? []) {
        if (!live.has(action)) note(frame.runtime.id, action, false);
      }
    }
    const runtime = speakers.get(connection);
    if (runtime === undefined) return 'pass';
    if (frame.type === 'armed' || frame.type === 'pending') note(runtime, frame.actionId, true);
    if (frame.type === 'failed' || (frame.type === 'status' && frame.removed)) note(runtime, frame.actionId, false);
    return 'pass';
  });
  return (runtime) => void observed.set(runtime, new Set());
}
