import type { Migration, StorePlace } from '@borescope/server/administration';
import type { Command } from 'commander';
import { Failure, Interrupted, UsageError } from '../failure.ts';
import { print, printJson, table } from '../output.ts';
import { liveProgress } from '../progress.ts';

interface Flags {
  retention?: string;
  json?: true;
}

/** Hex digits of a digest that a person compares. */
const SHOWN_DIGITS = 16;
/** Milliseconds between two lines of progress. */
const TOLD_EVERY = 1_000;

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate <from> <to>')
    .description(
      'Move everything of one store into another, empty one, and check that nothing is missing. Each is the data directory ' +
        'of an embedded store, the URL of a Redis, redis for the URL in BORESCOPE_REDIS_URL, or env:NAME for the one in that ' +
        'variable, so that no password is seen in the list of processes. No broker may run on either; the source stays as it is',
    )
    .option(
      '--retention <time>',
      'how long the brokers of the new store keep hits and finished actions (BORESCOPE_RETENTION, else 24h)',
    )
    .option('--json', 'print JSON')
    .action(migrateStore);
}

async function migrateStore(fromText: string, toText: string, flags: Flags): Promise<void> {
  const { migrate, readSettings } = await import('@borescope/server/administration');
  const { retention } = readSettings(process.env, {
    ...(flags.retention !== undefined && { retention: flags.retention }),
  });
  const [from, to] = [placeOf('FROM', fromText), placeOf('TO', toText)];
  const stop = new AbortController();
  const interrupt = () =>
    stop.abort(new Interrupted('stopped. The source is as it was, the target is unfinished: run it again'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = liveProgress();
  let toldAt = Number.NEGATIVE_INFINITY;
  try {
    const migration = await migrate({
      from,
      to,
      retentionMs: retention,
      now: Date.now,
      signal: stop.signal,
      onProgress({ step, records }) {
        if (performance.now() - toldAt < TOLD_EVERY) return;
        toldAt = performance.now();
        progress.show(`${step}: ${records} records`);
      },
    });
    progress.clear();
    show(migration, flags);
    if (!migration.complete) {
      throw new Failure(
        `${migration.to} does not hold the same as ${migration.from}, and is unfinished: was the source written to? Run it again`,
      );
    }
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function placeOf(argument: string, text: string): StorePlace {
  const variable = text === 'redis' ? 'BORESCOPE_REDIS_URL' : /^env:(.*)$/s.exec(text)?.[1];
  if (variable !== undefined) {
    const redisUrl = process.env[variable];
    if (redisUrl === undefined || redisUrl === '') throw new UsageError(`${argument}: ${variable} is not set`);
    return { redisUrl };
  }
  if (text === '') throw new UsageError(`${argument}: must not be empty`);
  return text.includes('://') ? { redisUrl: text } : { dataDir: text };
}

function show(migration: Migration, { json }: Flags): void {
  const { from, to, complete, compared } = migration;
  if (json === true) {
    const kinds = compared.map(({ counted, ...both }) => ({ kind: counted, ...both }));
    printJson({ from, to, complete, compared: kinds });
    return;
  }
  const rows = compared.map(({ counted, from: one, to: other }) => [
    counted,
    String(one.count),
    String(other.count),
    one.digest.slice(0, SHOWN_DIGITS),
    other.digest.slice(0, SHOWN_DIGITS),
    one.digest === other.digest && one.count === other.count ? 'the same' : 'DIFFERENT',
  ]);
  print(table([['', 'FROM', 'TO', 'DIGEST FROM', 'DIGEST TO', ''], ...rows]));
  if (complete) print(`moved ${from} to ${to}; nothing is missing`);
}
