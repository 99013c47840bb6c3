import { z } from 'zod';

const list = z.array(z.string()).optional();

/** The part of JSON Schema that a reference page shows. */
const schemaNode = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  default: z.json().optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  required: list,
  get properties() {
    return z.record(z.string(), schemaNode).optional();
  },
  get items() {
    return schemaNode.optional();
  },
  get anyOf() {
    return z.array(schemaNode).optional();
  },
});

export type SchemaNode = z.infer<typeof schemaNode>;

export function parseSchema(schema: unknown): SchemaNode {
  return schemaNode.parse(schema);
}

export interface FieldRow {
  /** `placements[].error.code` */
  readonly path: string;
  readonly required: boolean;
  readonly node: SchemaNode;
}

/** Every named field, in the order of the schema, `depth` objects deep. */
export function fieldRows(schema: SchemaNode, depth: number, prefix = ''): FieldRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, node]) => {
    const path = `${prefix}${name}`;
    const row = { path, required: schema.required?.includes(name) ?? false, node };
    if (depth <= 1) return [row];
    const inside = node.items ?? node;
    return [row, ...fieldRows(inside, depth - 1, `${path}${node.items === undefined ? '' : '[]'}.`)];
  });
}

/** `string, at most 1,024 characters`; `integer, 1 to 50`; `one of a, b`. */
export function kindOf(node: SchemaNode): string {
  if (node.const !== undefined) return code(node.const);
  if (node.anyOf !== undefined) return node.anyOf.map(kindOf).join(', or ');
  if (node.enum !== undefined) return `one of ${node.enum.map(code).join(', ')}`;
  if (node.items !== undefined) {
    const most = node.maxItems === undefined ? '' : `, at most ${number(node.maxItems)} of them`;
    const item = node.items.properties === undefined ? ` of ${kindOf(node.items)}` : ' of objects';
    return `list${item}${most}`;
  }
  const type = Array.isArray(node.type) ? node.type.join(' or ') : (node.type ?? 'any JSON');
  return `${type}${boundsOf(node)}`;
}

function boundsOf({ type, minimum, maximum, maxLength }: SchemaNode): string {
  if (type === 'string') return maxLength === undefined ? '' : `, at most ${number(maxLength)} characters`;
  // The bounds of every safe integer say nothing.
  const least = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : number(minimum);
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : number(maximum);
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  return least === undefined ? '' : `, from ${least}`;
}

const number = (value: number) => value.toLocaleString('en-US');
const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** Text for a cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
