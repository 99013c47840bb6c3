import type { StackFrame } from '@borescope/agent-protocol';
import type { RawFrame } from '../application/messages.ts';
import { pathOf } from './script.ts';
import type { ScriptStore } from './script-store.ts';

/** Frames in the files that the developer knows. */
export async function mapStack(frames: readonly RawFrame[], store: ScriptStore): Promise<StackFrame[]> {
  const mapped: StackFrame[] = [];
  for (const [name, file, line, column] of frames) {
    const path = pathOf(file);
    const script = store.byPath(path).at(-1);
    const map = script && (await store.map(script));
    const original = map?.original(line - 1, Math.max(0, column - 1));
    const shown = name.slice(0, 1024) || '<anonymous>';
    mapped.push(
      original
        ? {
            function: shown,
            file: map?.sources[original.source] ?? path,
            line: original.line,
            column: original.column + 1,
          }
        : { function: shown, file: path.slice(0, 4096), line, column },
    );
  }
  return mapped;
}
