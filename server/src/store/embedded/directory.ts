import type { AttachedRuntime } from '../store.ts';

/** The runtimes that are attached to the broker of this process, as the database has them. */
export class Directory {
  readonly #attached = new Map<string, Map<string, AttachedRuntime>>();
  /** In the order of their ids, made when they are asked for. */
  readonly #listed = new Map<string, readonly AttachedRuntime[]>();

  attach(organization: string, attached: AttachedRuntime): void {
    const runtimes = this.#attached.get(organization) ?? new Map<string, AttachedRuntime>();
    this.#attached.set(organization, runtimes.set(attached.runtime.id, attached));
    this.#listed.delete(organization);
  }

  detach(organization: string, runtime: string): void {
    const runtimes = this.#attached.get(organization);
    runtimes?.delete(runtime);
    if (runtimes?.size === 0) this.#attached.delete(organization);
    this.#listed.delete(organization);
  }

  get(organization: string, runtime: string): AttachedRuntime | undefined {
    return this.#attached.get(organization)?.get(runtime);
  }

  list(organization: string): AttachedRuntime[] {
    const listed = this.#listed.get(organization) ?? this.#sorted(organization);
    return [...listed];
  }

  #sorted(organization: string): readonly AttachedRuntime[] {
    const runtimes = this.#attached.get(organization);
    if (runtimes === undefined) return [];
    const sorted = [...runtimes.values()].sort((one, other) => (one.runtime.id < other.runtime.id ? -1 : 1));
    this.#listed.set(organization, sorted);
    return sorted;
  }
}
