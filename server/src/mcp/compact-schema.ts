import { z } from 'zod';
import type { JsonSchemaObject } from './tool.ts';

type Json = JsonSchemaObject['properties'][string];

/** What nobody reads in the description of an answer: bounds, and what else may or must stand in it. */
const LEFT_OUT: readonly string[] = ['additionalProperties', 'propertyNames', 'minimum', 'maximum', 'required'];

/** It says itself what to do; the codes are in docs/errors.md. */
const ERROR: Json = { type: 'object', description: '{code, message, hint, retryable}' };

const record = z.record(z.string(), z.json());

/**
 * The output schema of a tool as `tools/list` has it, where every character is paid for by each assistant in each
 * conversation. It allows all that the full one allows, and tells a result from an error. The parts of the answer are
 * told with the names in them and what these mean; with `namesOnly`, for a shape that another tool tells, only the
 * parts.
 */
export function compactSchema(schema: JsonSchemaObject, namesOnly: boolean): JsonSchemaObject {
  const { additionalProperties: _closed, properties, ...rest } = schema;
  return { ...rest, properties: { ...map(properties, namesOnly ? bare : part), error: ERROR } };
}

function bare(schema: Json): Json {
  const { type } = keywords(schema);
  return type === undefined ? {} : { type };
}

function part(schema: Json): Json {
  const { properties, items, ...rest } = keywords(schema);
  return {
    ...rest,
    ...(properties !== undefined && { properties: map(record.parse(properties), field) }),
    ...(items !== undefined && { items: part(items) }),
  };
}

/** Its type is seen in the answer. */
function field(schema: Json): Json {
  const { description, enum: values } = keywords(schema);
  return { ...(description !== undefined && { description }), ...(values !== undefined && { enum: values }) };
}

function keywords(schema: Json): { [keyword: string]: Json } {
  return Object.fromEntries(Object.entries(record.parse(schema)).filter(([keyword]) => !LEFT_OUT.includes(keyword)));
}

function map(properties: { [name: string]: Json }, each: (schema: Json) => Json): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, each(schema)]));
}
