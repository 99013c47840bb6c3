import { UsageError } from './failure.ts';

/** @throws UsageError where it is no name */
export async function nameOption(flag: string, text: string): Promise<void> {
  const { isName, NAME_RULE } = await import('@borescope/server/administration');
  if (!isName(text)) throw new UsageError(`${flag}: ${NAME_RULE}`);
}

/** Names separated by commas; undefined where the flag is not given. */
export function namesOption(flag: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) throw new UsageError(`${flag}: names separated by commas, none empty`);
  return parts;
}
