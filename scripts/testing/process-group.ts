import { readdirSync, readFileSync } from 'node:fs';

/** Commands of the processes of a group that still run. A zombie does not: where init reaps nobody it stays for ever. */
export function runningIn(group: number): string[] {
  if (process.platform !== 'linux') return exists(group) ? [`process group ${group}`] : [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const stat = read(`/proc/${pid}/stat`);
      // The command's name stands in parentheses and may hold anything: proc(5).
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(pgrp) === group && state !== 'Z' && state !== 'X';
    })
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 200)}`);
}

export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // All of them are gone.
  }
}

function exists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended since its folder was listed.
    return '';
  }
}
