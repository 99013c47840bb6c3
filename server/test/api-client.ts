import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { bearer, type TestBroker, testBroker } from './broker-harness.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; of lines, an array. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface ApiRequest {
  readonly token?: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
}

/** Asks the API, and holds each answer against the description that the broker itself gives. */
export type ApiClient = (method: string, path: string, request?: ApiRequest) => Promise<ApiAnswer>;

const description = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        security: z.array(z.record(z.string(), z.array(z.string()))),
        responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.unknown()) })),
      }),
    ),
  ),
  components: z.looseObject({
    securitySchemes: z.looseObject({
      signIn: z.looseObject({
        flows: z.object({
          authorizationCode: z.object({
            authorizationUrl: z.string(),
            tokenUrl: z.string(),
            refreshUrl: z.string(),
            scopes: z.record(z.string(), z.string()),
          }),
        }),
      }),
    }),
  }),
});

export type Description = z.infer<typeof description>;

export async function describedBy(url: string): Promise<Description> {
  return description.parse(await (await fetch(`${url}/api/openapi.json`)).json());
}

export async function testApi(
  t: TestContext,
  environment: Record<string, string> = {},
): Promise<TestBroker & { api: ApiClient }> {
  const broker = await testBroker(t, environment);
  return { ...broker, api: await apiClient(broker.url) };
}

export async function apiClient(url: string): Promise<ApiClient> {
  const described = await describedBy(url);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(described, 'api');

  function check(method: string, path: string, status: number, type: string, bodies: unknown[]): void {
    const template = Object.keys(described.paths).find((one) =>
      new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const operation = described.paths[template ?? '']?.[method.toLowerCase()];
    assert.ok(template !== undefined && operation !== undefined, `${method} ${path} is not described`);
    assert.ok(operation.responses[status], `${method} ${template} may not answer ${status}`);
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const $ref = `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const validate = ajv.compile({ $ref });
    for (const body of bodies) assert.ok(validate(body), `${method} ${path}: ${ajv.errorsText(validate.errors)}`);
  }

  return async (method, path, { token, body, ifMatch } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && bearer(token)),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const isLines = type === 'application/jsonl';
    const bodies: unknown[] = isLines
      ? text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
      : [JSON.parse(text)];
    check(method, path.split('?', 1)[0] ?? path, response.status, type, bodies);
    return { status: response.status, headers: response.headers, text, body: isLines ? bodies : bodies[0] };
  };
}
