import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { SyntaxScope } from './scopes.ts';
import type { Script } from './script.ts';
import { type LoadedMap, loadMap } from './source-map.ts';
import { readSyntax } from './syntax.ts';
import { type Lines, splitLines } from './text.ts';

/** UTF-16 code units of source text that are kept. Beyond it the oldest is read again when needed. */
const MAX_KEPT = 32 * 1024 * 1024;

/** The scripts that V8 has, with their texts, maps and syntax, each read once and only when asked for. */
export class ScriptStore {
  readonly #scripts = new Map<string, Script>();
  readonly #byPath = new Map<string, Script[]>();
  readonly #texts = new Map<string, Lines>();
  readonly #maps = new Map<string, Promise<LoadedMap | undefined>>();
  readonly #syntax = new Map<string, SyntaxScope | undefined>();
  readonly #fetch: (scriptId: string) => Promise<string>;
  #kept = 0;

  /** `fetch` asks V8, which costs the application's thread; the file on disk is used where it is the same. */
  constructor(fetch: (scriptId: string) => Promise<string>) {
    this.#fetch = fetch;
  }

  add(script: Script): void {
    this.#scripts.set(script.id, script);
    const same = this.#byPath.get(script.path);
    if (same) same.push(script);
    else this.#byPath.set(script.path, [script]);
  }

  all(): IterableIterator<Script> {
    return this.#scripts.values();
  }

  get(id: string): Script | undefined {
    return this.#scripts.get(id);
  }

  byPath(path: string): readonly Script[] {
    return this.#byPath.get(path) ?? [];
  }

  clear(): void {
    for (const map of [this.#scripts, this.#byPath, this.#texts, this.#maps, this.#syntax]) map.clear();
    this.#kept = 0;
  }

  async text(script: Script): Promise<Lines> {
    const known = this.#texts.get(script.id);
    if (known) return known;
    const lines = splitLines((await sameOnDisk(script)) ?? (await this.#fetch(script.id)));
    this.#keep(script.id, lines);
    return lines;
  }

  map(script: Script): Promise<LoadedMap | undefined> {
    if (script.sourceMapUrl === '') return Promise.resolve(undefined);
    const known = this.#maps.get(script.id);
    if (known) return known;
    const loading = loadMap(script.sourceMapUrl, script.path);
    this.#maps.set(script.id, loading);
    return loading;
  }

  async syntax(script: Script): Promise<SyntaxScope | undefined> {
    if (this.#syntax.has(script.id)) return this.#syntax.get(script.id);
    const { text } = await this.text(script);
    const syntax = readSyntax(text, script.isModule);
    this.#syntax.set(script.id, syntax);
    return syntax;
  }

  #keep(id: string, lines: Lines): void {
    this.#texts.set(id, lines);
    this.#kept += lines.text.length;
    for (const [oldest, old] of this.#texts) {
      if (this.#kept <= MAX_KEPT || oldest === id) break;
      this.#texts.delete(oldest);
      this.#syntax.delete(oldest);
      this.#kept -= old.text.length;
    }
  }
}

async function sameOnDisk(script: Script): Promise<string | undefined> {
  if (!isAbsolute(script.path)) return undefined;
  try {
    const text = (await readFile(script.path, 'utf8')).replace(/^\uFEFF/, '');
    return text.length === script.length && createHash('sha256').update(text).digest('hex') === script.hash
      ? text
      : undefined;
  } catch {
    return undefined;
  }
}
