import { z } from 'zod';

const command = z.array(z.string());
const seconds = z.string().regex(/^\d+s$/);

const healthcheck = z.union([
  z.strictObject({
    test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
    interval: seconds,
    timeout: seconds,
    retries: z.int().positive().optional(),
    start_period: seconds.optional(),
  }),
  z.strictObject({ disable: z.literal(true) }),
]);

/**
 * What docker-compose.yml may hold: of the Compose specification (github.com/compose-spec/compose-spec, 05-services.md)
 * the part that it uses, and of that only what this project holds a service to. Aliases are resolved before.
 */
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.literal('.'), target: z.string() }).optional(),
  user: z.string().regex(/^(?!root$|0)/),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  init: z.literal(true),
  restart: z.enum(['unless-stopped', 'no']),
  environment: z.record(z.string().regex(/^[A-Z_]+$/), z.string()).optional(),
  entrypoint: command.optional(),
  command: command.optional(),
  networks: z.array(z.string()).nonempty(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]*(:ro)?$/)).optional(),
  tmpfs: z.array(z.string().startsWith('/')).optional(),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }))
    .optional(),
  healthcheck: healthcheck.optional(),
  stop_grace_period: seconds.optional(),
  deploy: z.strictObject({
    resources: z.strictObject({
      limits: z.strictObject({
        cpus: z.string().regex(/^\d+(\.\d+)?$/),
        memory: z.string().regex(/^\d+M$/),
        pids: z.int().positive(),
      }),
    }),
  }),
});

export const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]*$/),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
  'x-hardened': z.unknown(),
  'x-broker': z.unknown(),
  'x-shop': z.unknown(),
});
