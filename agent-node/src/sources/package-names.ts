import { dirname, isAbsolute } from 'node:path';
import { readManifest } from '../runtime/manifest.ts';

/** The packages that files are part of, by the nearest package.json with a name. Each folder is looked at once. */
export class PackageNames {
  readonly #byFolder = new Map<string, Promise<string | undefined>>();
  readonly #byPath = new Map<string, string | undefined>();

  /** What `of` knows is what was learned. */
  async learn(paths: Iterable<string>): Promise<void> {
    for (const path of paths) {
      if (!isAbsolute(path) || this.#byPath.has(path)) continue;
      this.#byPath.set(path, await this.#ofFolder(dirname(path)));
    }
  }

  of(path: string): string | undefined {
    return this.#byPath.get(path);
  }

  #ofFolder(folder: string): Promise<string | undefined> {
    const known = this.#byFolder.get(folder);
    if (known) return known;
    const found = readManifest(folder).then((manifest) => {
      const above = dirname(folder);
      return manifest?.name ?? (above === folder ? undefined : this.#ofFolder(above));
    });
    this.#byFolder.set(folder, found);
    return found;
  }
}
