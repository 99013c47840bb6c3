import { type Command, Option } from 'commander';
import { actionCommand } from '../action-command.ts';
import { numberArgument } from '../number-argument.ts';
import { toolCommand } from '../tool-command.ts';
import { endedWithoutHit } from './snapshot.ts';

const STATES = ['queued', 'armed', 'completed', 'expired', 'cancelled', 'failed'];

/** `actions`, `wait` and `cancel`: what was asked for before. */
export function addActionCommands(program: Command): void {
  program
    .command('actions')
    .description('List the actions of your organization, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .option('--cursor <cursor>', 'the next page')
    .option('--json', 'print the structured content')
    .action(async ({ json, ...args }: { state?: string; cursor?: string; json?: true }) => {
      await toolCommand('list_actions', args, json === true);
    });
  program
    .command('wait <id>')
    .description('Wait for an action to end, and print its result')
    .option('--wait <seconds>', 'how long to wait (until the end)', numberArgument)
    .option('--after <number>', 'only hits after this number', numberArgument)
    .option('--json', 'print the structured content')
    .action(async (id: string, flags: { wait?: number; after?: number; json?: true }) => {
      const { json, ...waiting } = flags;
      endedWithoutHit(await actionCommand(id, { ...waiting, json: json === true }));
    });
  program
    .command('cancel <id>')
    .description('End an action now, and remove its probes')
    .option('--json', 'print the structured content')
    .action(async (id: string, flags: { json?: true }) => {
      await toolCommand('cancel_action', { action_id: id }, flags.json === true);
    });
}
