import v8 from 'node:v8';

/**
 * Stops V8's baseline compiler for the whole process. To arm a function that has baseline code, V8 walks the heap: 100 ms
 * at 220 MB, for each such function. Code that is there stays, so this comes before functions get hot; but not before
 * the application is loaded, because code caches are bound to V8's flags.
 */
export function stopBaselineCompiler(): void {
  v8.setFlagsFromString('--no-sparkplug');
}
