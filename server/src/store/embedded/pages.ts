import type { Database, Value } from './database.ts';

/** Rows read at once. */
const PAGE = 200;

/** All rows of a query, which has the place of the last row (at first `start`) and a limit as its parameters. */
export async function* pages<Row>(
  database: Database,
  sql: string,
  start: readonly Value[],
  placeOf: (row: Row) => readonly Value[],
): AsyncGenerator<Row> {
  const query = database.query<Row>(sql);
  let after = start;
  for (;;) {
    const rows = query.all([...after, PAGE]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = placeOf(last);
    // A signal or a timer of the move comes in between.
    await new Promise(setImmediate);
  }
}
