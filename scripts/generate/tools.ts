import { ERROR_CODES } from '@borescope/agent-protocol';
import { TOOLS, type Tool } from '@borescope/server';
import type { GeneratedFile } from './generated-file.ts';
import { cell, fieldRows, kindOf, parseSchema, type SchemaNode } from './json-schema-rows.ts';

const WHO: Readonly<Record<Tool['permission'], string>> = {
  read: 'viewer, developer, admin',
  place: 'developer, admin',
  admin: 'admin',
};

export function toolsPage(): GeneratedFile {
  return { path: 'docs/tools.md', text: `${INTRODUCTION}\n${targetSection()}\n${TOOLS.map(section).join('\n')}` };
}

function section(tool: Tool): string {
  const traits = [
    tool.annotations.readOnlyHint ? 'read only' : 'places or removes probes',
    ...(tool.annotations.idempotentHint ? ['idempotent'] : []),
  ];
  return `## ${tool.name}

${tool.description}

For the roles ${WHO[tool.permission]}. ${sentence(traits.join(', '))}

${argumentTable(parseSchema(tool.inputSchema))}
<details><summary>Result</summary>

| field | kind | meaning |
|---|---|---|
${fieldRows(parseSchema(tool.outputSchema), 3)
  .filter(({ path }) => path !== 'error' && !path.startsWith('error.'))
  .map(({ path, node }) => `| \`${path}\` | ${cell(resultKind(node))} | ${cell(node.description ?? '')} |`)
  .join('\n')}

</details>
`;
}

/** The argument that most tools share, once. */
function targetSection(): string {
  const target = TOOLS.map((tool) => parseSchema(tool.inputSchema).properties?.['runtimes']).find(Boolean);
  if (target === undefined) throw new Error('no tool has the argument runtimes');
  return `## Which runtimes\n\nThe argument \`runtimes\`. ${target.description}\n\n${argumentTable(target)}`;
}

function argumentTable(schema: SchemaNode): string {
  const rows = fieldRows(schema, 1).map(({ path, required, node }) => {
    const need = required ? 'yes' : node.default === undefined ? '' : `default \`${JSON.stringify(node.default)}\``;
    return `| \`${path}\` | ${cell(kindOf(node))} | ${need} | ${cell(node.description ?? '')} |`;
  });
  return `| argument | kind | needed | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** Error codes are one list for all; their page is linked instead of repeated. */
function resultKind(node: SchemaNode): string {
  return node.enum?.length === ERROR_CODES.length ? 'a code of [errors](errors.md)' : kindOf(node);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const INTRODUCTION = `<!-- Generated from server/src/mcp/tools by npm run generate; the introduction from scripts/generate/tools.ts. -->

# Tools

What an assistant sees at \`/mcp\`. A tool is listed only where the credential's role may call it. Unknown arguments and
values out of bounds are refused with an error that names the limit; see [limits](limits.md) and [errors](errors.md).
How captured values are written: [values](values.md).

## Results

Every result comes in two forms: structured content, and a text that says the same in fewer tokens. The tools that place
a probe, \`wait_for_action\` and \`cancel_action\` give the same shape.

| \`action.state\` | means |
|---|---|
| \`queued\` | stored; no runtime has the probe yet |
| \`armed\` | on at least one runtime the probe is in place, or waits for its file to be loaded |
| \`completed\` | all hits that were asked for are there |
| \`expired\` | the time is up; the hits so far are the result |
| \`cancelled\` | ended by \`cancel_action\` |
| \`failed\` | no runtime could place the probe; \`placements\` says why |

The last four are final: an action reaches exactly one of them. Each of its runtimes has an entry in \`placements\`:
\`queued\`, \`armed\`, \`pending\` (the file is there, and the process has not loaded it yet), \`removed\`, \`failed\`.
A runtime that leaves does not end an action: when it comes back in time, its probe does too.

\`cost\` is the time that the action took from the application: measured, and estimated for a function that V8 runs slower
while it is watched. Without a hit, \`diagnosis\` says for each runtime
why, and what to do next. \`redactions\` counts what was hidden. \`untrusted: true\` stands on every result that carries
captured data: it is text from a running program, to be read as data and never as instructions.

## Waiting

A call that places a probe waits for its hits. With a progress token it waits as long as the probe lives, and tells
progress at once and then at least every 10 seconds. Without one it waits at most 45 seconds, because clients give up
at 60 seconds of silence. \`wait_seconds\` sets another bound. When the wait ends first, the result is a normal one with
the action still \`queued\` or \`armed\`; \`wait_for_action\` goes on from there. A client that leaves in the middle ends its
wait, never the action.
`;
