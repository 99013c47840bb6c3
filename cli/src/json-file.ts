import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './failure.ts';

/** The JSON in a file; `-` is what comes on stdin. */
export async function readJsonFile(file: string): Promise<unknown> {
  const read = file === '-' ? text(process.stdin) : readFile(file, 'utf8');
  const content = await read.catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UsageError(`${file}: the file cannot be read${code}`);
  });
  try {
    return JSON.parse(content);
  } catch {
    throw new UsageError(`${file === '-' ? 'stdin' : file}: this is not JSON`);
  }
}
