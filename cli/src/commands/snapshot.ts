import type { Command } from 'commander';
import { actionCommand } from '../action-command.ts';
import { callTool } from '../call-tool.ts';
import { Failure, UsageError } from '../failure.ts';
import { numberArgument } from '../number-argument.ts';
import { addIdOption, addTargetOptions, type TargetFlags, targetArguments } from '../target.ts';

interface Flags extends TargetFlags {
  expectLine?: string;
  condition?: string;
  expression?: string[];
  maxHits?: number;
  timeout?: number;
  wait?: number;
  overhead?: number;
  json?: true;
}

export function addSnapshotCommand(program: Command): void {
  const command = program
    .command('snapshot <file:line>')
    .description('Record what a running process sees just before a line runs, for example: snapshot src/cart.ts:42');
  addIdOption(addTargetOptions(command))
    .option('--expect-line <text>', 'refuse where another text stands on that line')
    .option('--condition <expression>', 'record only passes where this is true')
    .option('--expression <expression>', 'a further value to capture; may be repeated', append)
    .option('--max-hits <number>', 'hits to record over all runtimes, 1 to 50 (1)', numberArgument)
    .option('--timeout <seconds>', 'how long the probe lives, 1 to 600 (60)', numberArgument)
    .option('--wait <seconds>', 'how long to wait for it (until the end)', numberArgument)
    .option('--overhead <percent>', 'of one core that it may cost, 1 to 20 (1)', numberArgument)
    .option('--json', 'print the structured content')
    .action(snapshot);
}

async function snapshot(place: string, flags: Flags): Promise<void> {
  const runtimes = targetArguments(flags);
  if (Object.keys(runtimes).length === 0) {
    throw new UsageError('name the runtimes: --service, --environment, --version, --tag k=v or --id');
  }
  const args = {
    runtimes,
    ...parsePlace(place),
    ...(flags.expectLine !== undefined && { expect_line: flags.expectLine }),
    ...(flags.condition !== undefined && { condition: flags.condition }),
    ...(flags.expression !== undefined && { expressions: flags.expression }),
    ...(flags.maxHits !== undefined && { max_hits: flags.maxHits }),
    ...(flags.timeout !== undefined && { timeout_seconds: flags.timeout }),
    ...(flags.overhead !== undefined && { overhead_percent: flags.overhead }),
  };
  const structured = await actionCommand(
    (onProgress, signal) => callTool('capture_snapshot', { ...args, wait_seconds: 0 }, onProgress, signal),
    { ...(flags.wait !== undefined && { wait: flags.wait }), json: flags.json === true },
  );
  endedWithoutHit(structured);
}

/** @throws Failure where the action is over and has seen nothing: a script must be able to tell. */
export function endedWithoutHit(structured: unknown): void {
  if (typeof structured !== 'object' || structured === null || !('action' in structured)) return;
  const { action } = structured;
  if (typeof action !== 'object' || action === null || !('state' in action) || !('hits' in action)) return;
  if (action.hits === 0 && (action.state === 'expired' || action.state === 'failed')) {
    throw new Failure('no hit');
  }
}

/** The last colon parts them: a path of Windows has one of its own. */
function parsePlace(text: string): { file: string; line: number } {
  const match = /^(.+):(\d{1,8})$/.exec(text);
  if (match === null) throw new UsageError(`${JSON.stringify(text)} is not FILE:LINE, such as src/cart.ts:42`);
  return { file: match[1] ?? '', line: Number(match[2]) };
}

function append(value: string, before: string[] = []): string[] {
  return [...before, value];
}
