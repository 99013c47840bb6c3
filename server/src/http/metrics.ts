import { CLOSE } from '@borescope/agent-protocol';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from '../meter.ts';
import type { DiskUsage } from '../store/embedded/disk-usage.ts';
import type { HttpErrorCode } from './http-error.ts';

/** Everything that is scraped. Labels are closed sets: nothing captured, no name of a tenant, no id. */
export interface Metrics {
  readonly meter: Meter;
  toolCall(tool: string, outcome: string, seconds: number): void;
  request(route: string, status: number): void;
  /** An agent was turned away before its connection became a WebSocket. */
  agentRefused(reason: HttpErrorCode): void;
  /** A new pair of certificate and key was found: taken into use, or not fit for it. */
  certificateRead(outcome: 'replaced' | 'refused'): void;
  contentType: string;
  text(): Promise<string>;
  /** Stops what collects in the background. */
  close(): void;
}

export interface MetricsOptions {
  readonly openStreams: () => number;
  /** Of the embedded store; not given where another keeps the data. */
  readonly diskUsage?: () => Promise<DiskUsage>;
  /** When the certificate in use expires, milliseconds since the epoch; not given where the broker has none. */
  readonly certificateExpiry?: () => number;
}

export function createMetrics({ openStreams, diskUsage, certificateExpiry }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name: `borescope_${name}`, help, labelNames, registers });

  const hits = counter('hits_total', 'Hits that agents sent, by what became of them', ['outcome']);
  const redactions = counter('broker_redactions_total', 'Values that only the second pass hid', ['kind']);
  const placed = counter('actions_placed_total', 'Actions placed');
  const ended = counter('actions_ended_total', 'Actions ended, by their last state', ['state']);
  const closed = counter('agent_closed_total', 'Agent connections that the broker closed', ['reason']);
  const refused = counter('agent_refused_total', 'Agents that were not let in, by the error code', ['reason']);
  const unavailable = counter('store_unavailable_total', 'Steps that the store refused or failed');
  const madeGood = counter('made_good_total', 'What the sweep did in place of a job or a broker that was gone', [
    'what',
  ]);
  const replaced = counter('queue_workers_replaced_total', 'Workers of the queue that took no job any more');
  const calls = counter('tool_calls_total', 'Tool calls, by outcome: ok or the error code', ['tool', 'outcome']);
  const requests = counter('http_requests_total', 'HTTP requests answered', ['route', 'status']);
  const actionSeconds = new Histogram({
    name: 'borescope_action_seconds',
    help: 'Seconds from placing an action to its end',
    labelNames: ['state'],
    buckets: [0.05, 0.25, 1, 5, 15, 60, 300, 600],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'borescope_tool_call_seconds',
    help: 'Seconds that a tool call took, waiting included',
    labelNames: ['tool'],
    buckets: [0.002, 0.01, 0.05, 0.25, 1, 5, 15, 45, 60, 300, 600],
    registers,
  });
  const agents = new Gauge({ name: 'borescope_agents_attached', help: 'Agents attached to this broker', registers });
  new Gauge({
    name: 'borescope_attachments_open',
    help: 'Open streams and agent sockets',
    registers,
    collect() {
      this.set(openStreams());
    },
  });
  if (diskUsage !== undefined) addDiskGauges(registers, diskUsage);
  const certificates = certificateExpiry === undefined ? undefined : certificateMetrics(registers, certificateExpiry);
  for (const reason of Object.keys(CLOSE)) closed.inc({ reason }, 0);

  return {
    meter: {
      hit: (outcome) => hits.inc({ outcome }),
      redactionCaught: (kind) => redactions.inc({ kind }),
      actionPlaced: () => placed.inc(),
      actionEnded(state, seconds) {
        ended.inc({ state });
        actionSeconds.observe({ state }, seconds);
      },
      agentsAttached: (count) => agents.set(count),
      agentClosed: (reason) => closed.inc({ reason }),
      storeUnavailable: () => unavailable.inc(),
      madeGood: (what) => madeGood.inc({ what }),
      workerReplaced: () => replaced.inc(),
    },
    toolCall(tool, outcome, seconds) {
      calls.inc({ tool, outcome });
      callSeconds.observe({ tool }, seconds);
    },
    agentRefused: (reason) => refused.inc({ reason }),
    certificateRead: (outcome) => certificates?.inc({ outcome }),
    request: (route, status) => requests.inc({ route, status: String(status) }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    close: () => registry.clear(),
  };
}

function certificateMetrics(registers: Registry[], expiry: () => number): Counter<'outcome'> {
  new Gauge({
    name: 'borescope_tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificate in use expires, in seconds since the epoch',
    registers,
    collect() {
      this.set(expiry() / 1000);
    },
  });
  const read = new Counter({
    name: 'borescope_tls_certificate_reads_total',
    help: 'New certificates that were found, by whether they were taken into use',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['replaced', 'refused']) read.inc({ outcome }, 0);
  return read;
}

function addDiskGauges(registers: Registry[], diskUsage: () => Promise<DiskUsage>): void {
  const gauge = (name: string, help: string, read: (usage: DiskUsage) => number) =>
    new Gauge({
      name: `borescope_${name}`,
      help,
      registers,
      async collect() {
        // A directory that cannot be read hides no other metric.
        const usage = await diskUsage().catch(() => undefined);
        if (usage !== undefined) this.set(read(usage));
      },
    });
  gauge('store_bytes', 'Bytes that the files of the store take', ({ storeBytes }) => storeBytes);
  gauge(
    'store_disk_free_bytes',
    'Bytes that can still be written on the disk of the store',
    ({ freeBytes }) => freeBytes,
  );
}
