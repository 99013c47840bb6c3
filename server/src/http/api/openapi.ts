import { z } from 'zod';
import type { ApiNeed } from '../../access/doors.ts';
import { SCOPES, type Scope } from '../../access/scopes.ts';
import { PATHS } from '../../oauth/endpoints.ts';
import { HTTP_ERROR_CODES, type HttpErrorCode, statusOf } from '../http-error.ts';
import { scopesFor } from './api-caller.ts';
import { type ApiRoute, inputPart, pathNames } from './api-route.ts';

type Json = z.infer<ReturnType<typeof z.json>>;
type JsonObject = { [name: string]: Json };

/** Codes that every route with a credential may answer with. */
const USUAL: readonly HttpErrorCode[] = [
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'LIMIT_EXCEEDED',
  'QUOTA_EXCEEDED',
  'INTERNAL',
  'UNAVAILABLE',
];

/** Of what a route needs, in words. */
export const NEEDS: Readonly<Record<ApiNeed, string>> = {
  read: 'Any role.',
  place: 'The role developer or admin.',
  admin: 'The role admin.',
  organization: 'The role admin, bound to no service or environment.',
  installation: 'The role admin in the organization `default`, bound to nothing.',
};

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  'runtime:read': 'List and read.',
  'probe:place': 'Place and cancel probes.',
  admin: 'Administer, and decide requests for approval.',
};

/** Addresses are relative: a broker has as many as the names that clients reach it by. */
const SECURITY_SCHEMES: JsonObject = {
  token: { type: 'http', scheme: 'bearer', description: 'A token of the kind admin: bore_adm_...' },
  signIn: {
    type: 'oauth2',
    description:
      'For a person, where the broker has sign-ins: within the role and the bounds of the account. PKCE with S256, and the resource is the address of the broker with /mcp. A terminal asks for a code at /oauth/device/code (RFC 8628).',
    flows: {
      authorizationCode: {
        authorizationUrl: PATHS.authorization,
        tokenUrl: PATHS.token,
        refreshUrl: PATHS.token,
        scopes: Object.fromEntries(SCOPES.map((scope) => [scope, SCOPE_WORDS[scope]])),
      },
    },
  },
};

const errorBody = z.object({
  error: z.object({
    code: z.enum(HTTP_ERROR_CODES),
    message: z.string(),
    hint: z.string().describe('What to do about it.'),
    retryable: z.boolean().describe('The same request may work later.'),
  }),
});

/** Where it stands, for anybody: it says nothing of what is in a broker. */
export const DESCRIPTION_PATH = '/api/openapi.json';

const OF_ITSELF: JsonObject = {
  operationId: 'getDescription',
  summary: 'This description',
  description: 'OpenAPI 3.1. For anybody.',
  security: [],
  responses: {
    200: {
      description: 'Done.',
      content: { 'application/json': { schema: { type: 'object', required: ['openapi'] } } },
    },
  },
};

/** The description of the routes, OpenAPI 3.1: made from the very schemas that requests are checked with. */
export function openApiDocument(routes: readonly ApiRoute<never>[], version: string): JsonObject {
  const paths: { [path: string]: JsonObject } = { [DESCRIPTION_PATH]: { get: OF_ITSELF } };
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Borescope',
      version,
      description: 'What administers a Borescope broker, and reads what it has. Made for automation and the console.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { Error: schemaOf(errorBody, 'output') },
    },
  };
}

function operation(route: ApiRoute<never>): JsonObject {
  const { id, summary, description, need, errors = [], status = 200 } = route;
  const input = schemaOf(route.input, 'input');
  const inPath = pathNames(route.path);
  const rest = without(input, inPath);
  const fields = z.record(z.string(), z.json()).parse(rest['properties'] ?? {});
  const required = z.array(z.string()).parse(input['required'] ?? []);
  const inBody = inputPart(route) === 'body';
  const parameters: Json[] = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: property(input, name) })),
    ...(inBody
      ? []
      : Object.entries(fields).map(([name, schema]) => ({
          name,
          in: 'query',
          required: required.includes(name),
          schema,
        }))),
    ...(route.conditional
      ? [
          {
            name: 'If-Match',
            in: 'header',
            required: true,
            schema: { type: 'string' },
            description: 'The ETag of what was read; * for whatever is there.',
          },
        ]
      : []),
  ];
  const conditional: readonly HttpErrorCode[] = route.conditional
    ? ['PRECONDITION_FAILED', 'PRECONDITION_REQUIRED']
    : [];
  const codes = [...USUAL, ...conditional, ...errors];
  return {
    operationId: id,
    summary,
    description: `${description}\n\nNeeds: ${NEEDS[need]}`,
    security: [{ token: [] }, { signIn: [...scopesFor(route)] }],
    ...(parameters.length > 0 && { parameters }),
    ...(inBody &&
      Object.keys(fields).length > 0 && {
        requestBody: { required: requiredIn(rest).length > 0, content: { 'application/json': { schema: rest } } },
      }),
    responses: { [status]: success(route), ...failures(codes) },
  };
}

function success(route: ApiRoute<never>): JsonObject {
  const type = route.lines ? 'application/jsonl' : 'application/json';
  return {
    description: route.lines ? 'One JSON object a line.' : 'Done.',
    ...(route.versioned && {
      headers: { ETag: { description: 'The version, for If-Match.', schema: { type: 'string' } } },
    }),
    content: { [type]: { schema: schemaOf(route.output, 'output') } },
  };
}

function failures(codes: readonly HttpErrorCode[]): JsonObject {
  const byStatus = new Map<number, Set<HttpErrorCode>>();
  for (const code of codes) byStatus.set(statusOf(code), (byStatus.get(statusOf(code)) ?? new Set()).add(code));
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      {
        description: [...of].join(', '),
        ...(RETRY_AFTER.includes(status) && {
          headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
        }),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

const RETRY_AFTER: readonly number[] = [429, 503];

/** The schema without the fields that stand in the path. */
function without(schema: JsonObject, names: readonly string[]): JsonObject {
  const properties = z.record(z.string(), z.json()).parse(schema['properties'] ?? {});
  const rest = Object.entries(properties).filter(([name]) => !names.includes(name));
  const required = requiredIn(schema).filter((name) => !names.includes(name));
  const { required: _all, ...kept } = schema;
  return { ...kept, properties: Object.fromEntries(rest), ...(required.length > 0 && { required }) };
}

function requiredIn(schema: JsonObject): string[] {
  return z.array(z.string()).parse(schema['required'] ?? []);
}

function property(schema: JsonObject, name: string): Json {
  return z.record(z.string(), z.json()).parse(schema['properties'] ?? {})[name] ?? {};
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  return z.record(z.string(), z.json()).parse(made);
}
