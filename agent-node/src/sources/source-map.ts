import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  decodedMappings,
  FlattenMap,
  GREATEST_LOWER_BOUND,
  originalPositionFor,
  type TraceMap,
  traceSegment,
} from '@jridgewell/trace-mapping';

import { withoutQuery } from './script.ts';

/** Bytes of one map; a larger one is not read. */
const MAX_MAP_BYTES = 64 * 1024 * 1024;

export interface GeneratedPosition {
  /** 0-based, as in the protocol of the inspector. */
  readonly line: number;
  readonly column: number;
}

export interface OriginalPosition {
  readonly source: number;
  /** 1-based. */
  readonly line: number;
  /** 0-based. */
  readonly column: number;
}

/** A source map with its sources as absolute paths where they are files. */
export class LoadedMap {
  readonly sources: readonly string[];
  readonly #map: TraceMap;
  readonly #lines = new Map<number, Map<number, GeneratedPosition[]>>();

  constructor(json: unknown, scriptPath: string) {
    this.#map = new FlattenMap(json as ConstructorParameters<typeof FlattenMap>[0]);
    this.sources = this.#map.resolvedSources.map((source) => sourcePath(source, scriptPath));
  }

  content(source: number): string | undefined {
    return this.#map.sourcesContent?.[source] ?? undefined;
  }

  original(line: number, column: number): OriginalPosition | undefined {
    const found = originalPositionFor(this.#map, { line: line + 1, column, bias: GREATEST_LOWER_BOUND });
    if (found.source === null) return undefined;
    const source =
      this.#map.sources.indexOf(found.source) >= 0
        ? this.#map.sources.indexOf(found.source)
        : this.#map.resolvedSources.indexOf(found.source);
    return source < 0 ? undefined : { source, line: found.line, column: found.column };
  }

  /** The original of a name that stands at exactly this place of the generated code, where the map tells it. */
  originalName(line: number, column: number): string | undefined {
    const segment = traceSegment(this.#map, line, column);
    return segment?.length === 5 && segment[0] === column ? this.#map.names[segment[4]] : undefined;
  }

  /** Where the original line (1-based) went; empty where it left no code. */
  generated(source: number, line: number): readonly GeneratedPosition[] {
    return this.#linesOf(source).get(line) ?? [];
  }

  /** Original lines near `line` that left code, nearest first. */
  linesNear(source: number, line: number): number[] {
    return [...this.#linesOf(source).keys()].sort((a, b) => Math.abs(a - line) - Math.abs(b - line) || a - b);
  }

  #linesOf(source: number): Map<number, GeneratedPosition[]> {
    const known = this.#lines.get(source);
    if (known) return known;
    const lines = new Map<number, GeneratedPosition[]>();
    decodedMappings(this.#map).forEach((segments, line) => {
      for (const segment of segments) {
        if (segment.length === 1 || segment[1] !== source) continue;
        const original = segment[2] + 1;
        const positions = lines.get(original);
        if (positions) positions.push({ line, column: segment[0] });
        else lines.set(original, [{ line, column: segment[0] }]);
      }
    });
    this.#lines.set(source, lines);
    return lines;
  }
}

/** The map that a `sourceMappingURL` names: in the URL itself, or a file beside the script. Undefined where there is none. */
export async function loadMap(sourceMapUrl: string, scriptPath: string): Promise<LoadedMap | undefined> {
  try {
    const text = sourceMapUrl.startsWith('data:') ? inlineText(sourceMapUrl) : await readMap(sourceMapUrl, scriptPath);
    if (text === undefined || text.length > MAX_MAP_BYTES) return undefined;
    // The prefix that some servers put before JSON (source map specification, section on fetching).
    return new LoadedMap(JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')), scriptPath);
  } catch {
    return undefined;
  }
}

function inlineText(url: string): string | undefined {
  const comma = url.indexOf(',');
  if (comma < 0) return undefined;
  const body = url.slice(comma + 1);
  return /;base64$/.test(url.slice(0, comma)) ? Buffer.from(body, 'base64').toString('utf8') : decodeURIComponent(body);
}

async function readMap(url: string, scriptPath: string): Promise<string | undefined> {
  if (/^https?:/.test(url)) return undefined;
  const path = url.startsWith('file:') ? fileURLToPath(url) : resolve(dirname(scriptPath), decodeURIComponent(url));
  return readFile(path, 'utf8');
}

function sourcePath(source: string | null, scriptPath: string): string {
  if (source === null || source === '') return scriptPath;
  if (source.startsWith('file:')) return fileURLToPath(source);
  if (/^[a-z-]+:\/\//i.test(source)) return withoutQuery(source);
  return resolve(dirname(scriptPath), source);
}
