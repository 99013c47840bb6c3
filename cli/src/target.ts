import { type Command, InvalidArgumentError } from 'commander';

export interface TargetFlags {
  service?: string;
  environment?: string;
  version?: string;
  tag?: Record<string, string>;
  id?: string[];
}

/** The options that say which runtimes are meant. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('--service <name>', 'runtimes of this service')
    .option('--environment <name>', 'in this environment')
    .option('--version <version>', 'of this deployed version')
    .option('--tag <k=v>', 'with this tag; may be repeated', collectTag);
}

export function addIdOption(command: Command): Command {
  return command.option(
    '--id <id>',
    'the runtime with this id; may be repeated',
    (id: string, before: string[] = []) => [...before, id],
  );
}

/** Arguments of the tools; what was not given is left out. */
export function targetArguments({ service, environment, version, tag, id }: TargetFlags): Record<string, unknown> {
  return {
    ...(service !== undefined && { service }),
    ...(environment !== undefined && { environment }),
    ...(version !== undefined && { version }),
    ...(tag !== undefined && { tags: tag }),
    ...(id !== undefined && { ids: id }),
  };
}

function collectTag(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('A tag is k=v.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
