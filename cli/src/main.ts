import { CommanderError } from 'commander';
import { Failure, failureBehind, Interrupted, UsageError } from './failure.ts';
import { createProgram } from './program.ts';

/** Errors of the server package whose message is meant to be shown as it is. */
const SHOWN: Readonly<Record<string, number>> = {
  SettingsError: 2,
  ListenError: 1,
  DataDirectoryInUse: 1,
  MoveRefused: 1,
  RedisTooOld: 1,
  SchemaTooNew: 1,
  SchemaUnreadable: 1,
  StoreMoving: 1,
  StoreUnavailable: 1,
};

/** Runs one command. The exit code: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted. Never throws. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed its own message already; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) return fail(error.message, 130);
    const known = failureBehind(error);
    if (known instanceof UsageError) return fail(known.message, 2);
    if (known instanceof Failure) return fail(known.message, 1);
    const shown = error instanceof Error ? SHOWN[error.name] : undefined;
    if (error instanceof Error && shown !== undefined) return fail(error.message, shown);
    return fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
  }
}

function fail(message: string, code: number): number {
  process.stderr.write(`borescope: ${message}\n`);
  return code;
}
