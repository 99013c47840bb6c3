import { readFileSync } from 'node:fs';

/** Microseconds of one clock tick of `/proc`: USER_HZ is 100 wherever Node runs (proc(5)). */
const TICK = 10_000;

/** Microseconds of processor time that a process has used, its threads included; NaN where there is no `/proc`. */
export function cpuTime(pid: number): number {
  try {
    // The name of the program stands in parentheses and may hold anything; utime and stime are the 12th and 13th after it.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  } catch {
    return Number.NaN;
  }
}
