import type { Command } from 'commander';
import { addTargetOptions, type TargetFlags, targetArguments } from '../target.ts';
import { toolCommand } from '../tool-command.ts';

interface Flags extends TargetFlags {
  name?: string;
  cursor?: string;
  json?: true;
}

export function addRuntimesCommand(program: Command): void {
  addTargetOptions(program.command('runtimes').description('List the running processes that can be looked into'))
    .option('--name <pattern>', 'matches service, id and host; * stands for any characters')
    .option('--cursor <cursor>', 'the next page')
    .option('--json', 'print the structured content')
    .action(async (flags: Flags) => {
      const args = {
        ...targetArguments(flags),
        ...(flags.name !== undefined && { name: flags.name }),
        ...(flags.cursor !== undefined && { cursor: flags.cursor }),
      };
      await toolCommand('list_runtimes', args, flags.json === true);
    });
}
