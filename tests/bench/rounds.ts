/** Rounds of the sections of the broker. `BENCH_ROUNDS=1` shows in a short time that they run; its figures say nothing. */
export const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
