import { createProgram } from '../../cli/src/program.ts';
import type { GeneratedFile } from './generated-file.ts';
import { cell } from './json-schema-rows.ts';

type Command = ReturnType<typeof createProgram>;

export function commandsPage(): GeneratedFile {
  const program = createProgram();
  return { path: 'docs/commands.md', text: `${INTRODUCTION}\n${leaves(program, '').map(section).join('\n')}` };
}

interface Leaf {
  readonly name: string;
  readonly command: Command;
}

/** The commands that do something, with the names of those they stand under. */
function leaves(command: Command, prefix: string): Leaf[] {
  return command.commands.flatMap((child) => {
    const name = `${prefix}${child.name()}`;
    return child.commands.length > 0 ? leaves(child, `${name} `) : [{ name, command: child }];
  });
}

function section({ name, command }: Leaf): string {
  const usage = command.usage().replace('[options]', '').trim();
  const rows = command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => option.long !== '--help')
    .map((option) => {
      const meaning = [
        option.description,
        option.argChoices === undefined ? '' : `one of ${option.argChoices.join(', ')}`,
        option.defaultValue === undefined ? '' : `default \`${String(option.defaultValue)}\``,
        option.mandatory ? 'needed' : '',
      ];
      return `| \`${cell(option.flags)}\` | ${cell(meaning.filter((part) => part !== '').join('; '))} |`;
    });
  const table = rows.length === 0 ? '' : `\n| option | |\n|---|---|\n${rows.join('\n')}\n`;
  return `## borescope ${name}${usage === '' ? '' : ` ${usage.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}`}\n\n${command.description()}.\n${table}`;
}

const INTRODUCTION = `<!-- Generated from cli/src/commands by npm run generate; the introduction from scripts/generate/commands.ts. -->

# Commands

\`borescope\`, or \`npx borescope\` inside the repository. \`--help\` behind any command says the same as this page.

| exit code | means |
|---:|---|
| 0 | done |
| 1 | the work failed; the reason is on stderr |
| 2 | wrong usage, or a bad setting |
| 130 | interrupted by Ctrl-C |

\`serve\` runs the broker. \`token\`, \`user\`, \`organization\`, \`policy\`, \`quota\`, \`approvals\`, \`read-only\` and \`audit\` administer: on the
store itself, beside running brokers or without one, or with \`--broker URL\` (\`BORESCOPE_BROKER_URL\`) at a running broker, by its
[API](api.md): with a token of the kind \`admin\` in \`BORESCOPE_ADMIN_TOKEN\`, or as who has signed in there with \`login --admin\`. Whoever has the store may do everything;
the audit names the account. What these do is told in [access](access.md). \`secret\` works on the store alone;
\`migrate\` [moves](operations.md#moving-a-store) a store on which no broker runs. All the others are clients of a
broker: they call the same [tools](tools.md) that assistants call, through its public MCP endpoint, with the address in
\`BORESCOPE_URL\` and a token of kind \`mcp\` in \`BORESCOPE_TOKEN\`. While they wait they tell progress on stderr. With
\`--json\` they print the structured content of the tool.

Over \`https:\` the token goes only to a broker that proves itself, by the same settings and rules
[as for an agent](agent.md#who-the-broker-is): \`BORESCOPE_CA\` for authorities of your own, \`BORESCOPE_PIN\` for pinned keys.

Ctrl-C while \`snapshot\` or \`wait\` waits cancels the action, and so removes its probes; a second one leaves at once.
`;
