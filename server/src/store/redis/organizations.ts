import type { Organization, OrganizationStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { GLOBAL } from './keys.ts';

export function redisOrganizations({ call }: RedisConnection): OrganizationStore {
  return {
    async create(organization) {
      const text = toJson(organization);
      const added = await call((redis) => redis.hsetnx(GLOBAL.organizations, organization.name, text));
      return added === 1 ? organization : undefined;
    },
    async byName(name) {
      const text = await call((redis) => redis.hget(GLOBAL.organizations, name));
      return text === null ? undefined : toOrganization(text);
    },
    async list() {
      const texts = await call((redis) => redis.hvals(GLOBAL.organizations));
      return texts.map(toOrganization).sort((one, other) => (one.name < other.name ? -1 : 1));
    },
  };
}

export function toJson({ id, name, createdAt }: Organization): string {
  return JSON.stringify({ id, name, createdAt });
}

function toOrganization(text: string): Organization {
  return JSON.parse(text) as Organization;
}
