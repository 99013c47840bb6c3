import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { Permission } from '../access/grants.ts';
import type { Actions } from '../actions/actions.ts';
import type { Clock } from '../clock.ts';
import type { PolicyKind } from '../policies/policy.ts';
import { parseArguments } from './arguments.ts';
import { compactSchema } from './compact-schema.ts';
import type { Person } from './person.ts';
import { errorSchema } from './result-schema.ts';

/** How a tool tells the waiting client where it stands. */
export interface ProgressReport {
  readonly progress: number;
  readonly total: number;
  /** Words of ours only; never captured text. */
  readonly message: string;
}

export interface ToolContext {
  readonly actions: Actions;
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly later: Clock['later'];
  /** Aborted when nobody waits for the answer any more. It means "stop waiting", never "drop the action". */
  readonly signal: AbortSignal;
  /** Absent where the client cannot ask whoever sits in front of it. */
  readonly person?: Person;
  /** Absent where the client sent no progress token. */
  readonly progress?: (report: ProgressReport) => void;
}

/** Both forms of one result. `isError` where `structured` is `{error, ...}`. */
export interface ToolAnswer {
  readonly structured: Record<string, unknown>;
  readonly text: string;
  readonly isError?: boolean;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** When to use it, and what it costs. */
  readonly description: string;
  readonly permission: Permission;
  /** Under which a policy can restrict it. */
  readonly kind?: PolicyKind;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  /** JSON Schema, made once. */
  readonly inputSchema: JsonSchemaObject;
  readonly outputSchema: JsonSchemaObject;
  /** The same in few tokens, as clients are given it. */
  readonly listedOutputSchema: JsonSchemaObject;
  /** Rejects with `BorescopeError` for whatever the caller can mend. */
  call(given: unknown, context: ToolContext): Promise<ToolAnswer>;
}

const json = z.json();
const jsonObject = z.record(z.string(), json);

/** A JSON Schema whose root is an object, as MCP asks for. */
export interface JsonSchemaObject {
  readonly type: 'object';
  readonly properties: { [name: string]: z.infer<typeof json> };
  readonly [keyword: string]: z.infer<typeof json>;
}

export interface ToolDefinition<Input extends z.ZodObject>
  extends Omit<Tool, 'inputSchema' | 'outputSchema' | 'listedOutputSchema' | 'call'> {
  readonly input: Input;
  readonly output: z.ZodObject;
  /** Its output is the shape of another tool, where clients are told what stands in it. */
  readonly toldElsewhere?: boolean;
  run(input: z.infer<Input>, context: ToolContext): Promise<ToolAnswer>;
}

/** Converts the schemas once and for all: done for each request it took two thirds of the broker's throughput. */
export function defineTool<Input extends z.ZodObject>(definition: ToolDefinition<Input>): Tool {
  const { input, output, toldElsewhere = false, run, ...rest } = definition;
  const full = outputSchema(output);
  return {
    ...rest,
    inputSchema: jsonSchema(input, 'input'),
    outputSchema: full,
    listedOutputSchema: compactSchema(full, toldElsewhere),
    call: (given, context) => run(parseArguments(input, given), context),
  };
}

/** Clients validate an error's structured content too: the schema allows either the result or the error. */
function outputSchema(output: z.ZodObject): JsonSchemaObject {
  const schema = jsonSchema(output.partial().extend({ error: errorSchema.optional() }), 'output');
  const required = Object.entries(output.shape).flatMap(([name, field]) =>
    field instanceof z.ZodOptional ? [] : [name],
  );
  return { ...schema, anyOf: [{ required }, { required: ['error'] }] };
}

function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): JsonSchemaObject {
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  const { properties, ...rest } = jsonObject.parse(made);
  return { ...rest, type: 'object', properties: jsonObject.parse(properties ?? {}) };
}
