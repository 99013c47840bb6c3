import { readFileSync } from 'node:fs';

/** What the application's thread has used since it began, read from another thread without touching it. */
export interface ThreadUse {
  /** Milliseconds on a processor. */
  readonly cpuMs: number;
  /** Milliseconds for which it was ready to run and had to wait for a processor; 0 where nothing tells. */
  readonly waitMs: number;
  /** Reads and writes: how much of its work was done. Undefined where they are not counted. */
  readonly operations: number | undefined;
}

/**
 * On Linux 50 to 100 us by `/proc`, exact to a scheduler's tick of 1 to 10 ms. Elsewhere the process without the calling
 * thread, from Node 22.19 and 23.9 on; undefined where even that cannot be told.
 */
export function readMainThread(): ThreadUse | undefined {
  return readLinux() ?? readProcess();
}

/** The main thread's id is that of the process (gettid(2)). */
const TASK = `/proc/self/task/${process.pid}`;

function readLinux(): ThreadUse | undefined {
  if (process.platform !== 'linux') return undefined;
  const [cpuNs, waitNs] = textOf(`${TASK}/schedstat`)?.split(' ') ?? [];
  if (cpuNs === undefined || waitNs === undefined) return undefined;
  return { cpuMs: Number(cpuNs) / 1e6, waitMs: Number(waitNs) / 1e6, operations: readOperations() };
}

/** A process that has changed its user may not read it; some kernels do not count. */
function readOperations(): number | undefined {
  const found = /^syscr: (\d+)\nsyscw: (\d+)$/m.exec(textOf(`${TASK}/io`) ?? '');
  return found ? Number(found[1]) + Number(found[2]) : undefined;
}

function readProcess(): ThreadUse | undefined {
  // Newer than the types of the oldest Node that we run on.
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  if (threadCpuUsage === undefined) return undefined;
  const all = process.cpuUsage();
  const own = threadCpuUsage.call(process);
  return { cpuMs: (all.user + all.system - own.user - own.system) / 1000, waitMs: 0, operations: undefined };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
