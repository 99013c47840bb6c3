import { PROMISES, type PromiseId } from './promises.ts';

/** The title of a test that shows the promises: `test(proves('wire:versions', 'title'), ...)`. Cite only what it shows. */
export function proves(promised: PromiseId | readonly PromiseId[], title: string): string {
  const ids = typeof promised === 'string' ? [promised] : promised;
  for (const id of ids) if (!Object.hasOwn(PROMISES, id)) throw new Error(`no promise "${id}" in tests/promises.ts`);
  return `${title} [${ids.join(', ')}]`;
}
