import type { Holding } from './holding.ts';

/** Bytes of heap: caches that fill, and what V8 keeps of code that was optimized meanwhile. */
const HEAP = 8 * 1024 * 1024;
/** Timers and files that may just be there: a sweep that is about to look, a connection that is made anew. */
const SLACK = 3;

/** What a soak has left behind, one line each. Redis is told and not judged: what it holds follows from the last minutes. */
export function grown(start: Holding, end: Holding): string[] {
  return end.brokers.flatMap((after, index) => {
    const before = start.brokers[index];
    if (before === undefined) return [];
    const found: string[] = [];
    const note = (what: string, more: number, allowed: number) => {
      if (more > allowed) found.push(`broker ${index}: ${more} ${what} more than at the start, ${allowed} are allowed`);
    };
    note('bytes of heap', after.heap - before.heap, HEAP);
    note('sockets', after.sockets - before.sockets, 0);
    note('timers', after.timers - before.timers, SLACK);
    note('open files', after.files - before.files, SLACK);
    return found;
  });
}
