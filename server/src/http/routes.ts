import type { FastifyInstance } from 'fastify';

export interface Route {
  readonly method: string;
  /** As it was declared, with parameters: `/api/tokens/:id`. */
  readonly url: string;
}

/** Every route that is mounted from here on, for what has to hold for each of them. */
export function recordRoutes(app: FastifyInstance): readonly Route[] {
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  return routes;
}
