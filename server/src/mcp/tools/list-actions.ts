import { z } from 'zod';
import { cursorArgument } from '../place-arguments.ts';
import { renderActionHead } from '../render-action.ts';
import { actionSchema, untrusted } from '../result-schema.ts';
import { defineTool } from '../tool.ts';
import { visibleLine, visibleName } from '../visible-text.ts';

const output = z.object({
  actions: z.array(actionSchema.extend({ file: z.string(), line: z.int() })),
  next_cursor: z.string().optional().describe('There are more: give it as cursor.'),
  untrusted,
});

export const listActions = defineTool({
  name: 'list_actions',
  title: 'List actions',
  description:
    'Lists the actions of your organization, newest first: what was looked at, where, how it ended. Use it to find an ' +
    'action whose id is lost, or to see which probes are live now (state armed). Costs the application nothing.',
  permission: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    state: actionSchema.shape.state.optional().describe('Only actions in this state.'),
    cursor: cursorArgument,
  }),
  output,
  async run(input, { actions, caller }) {
    const page = await actions.list(caller, {
      ...(input.state !== undefined && { state: input.state }),
      ...(input.cursor !== undefined && { cursor: input.cursor }),
    });
    const listed = page.actions.map((action) => ({
      ...renderActionHead(action),
      file: visibleLine(action.spec.place.file, 4096),
      line: action.spec.place.line,
    }));
    const structured: z.infer<typeof output> = {
      actions: listed,
      ...(page.cursor !== undefined && { next_cursor: page.cursor }),
      untrusted: true,
    };
    const lines = listed.map(
      (action) =>
        `${action.id} ${action.kind} ${action.state} ${action.hits}/${action.max_hits} ` +
        `${visibleName(action.file)}:${action.line} ${action.created_at}`,
    );
    if (lines.length === 0) lines.push('no actions');
    if (page.cursor !== undefined) lines.push(`more with cursor ${page.cursor}`);
    return { structured, text: lines.join('\n') };
  },
});
