import { createRedactor, RULES } from '@borescope/redaction';
import { ADVERSARIAL } from '../../../redaction/test/adversarial.ts';
import type { Row } from '../report.ts';
import { median } from '../statistics.ts';
import { inTurn, MIB, quarters, readAll, timesOf } from './in-turn.ts';

const TARGET_MS = 50;
/** Those that are slowest at first sight are measured again. */
const SLOWEST = 8;
const ROUNDS = 15;

/** Texts of 1 MiB, the longest that are looked at, that make rules start over and over. */
export async function adversarialTexts(log: (line: string) => void): Promise<Row[]> {
  const redactor = createRedactor({});
  const pieces = [...new Set([...ADVERSARIAL, ...RULES.flatMap(({ anchors }) => anchors)])];
  const once = await inTurn(
    pieces.map((piece) => () => redactor.text(repeated(piece))),
    1,
  );
  const first = once.map(([ms = 0], index) => ({ piece: pieces[index] ?? '', ms }));
  const slowest = [...first].sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  const texts = slowest.map(({ piece }) => repeated(piece));
  const [reference = [], ...again] = await inTurn(
    [() => readAll(texts.slice(0, 1)), ...texts.map((text) => () => redactor.text(text))],
    ROUNDS,
  );
  const worst = again
    .map((figures, index) => ({ figures, piece: slowest[index]?.piece ?? '' }))
    .reduce((one, other) => (median(other.figures) > median(one.figures) ? other : one));
  const ms = median(worst.figures);
  log(`adversarial: ${JSON.stringify(worst.piece)}: ${ms.toFixed(1)} ms`);
  return [
    {
      what: `1 MiB of adversarial text, the slowest of ${pieces.length}: ${code(worst.piece)} repeated`,
      measured: `${ms.toFixed(1)} ms, ${quarters(worst.figures, (one) => one.toFixed(1))}`,
      ratio: `${timesOf(worst.figures, reference).toFixed(0)} times the reference`,
      target: `<= ${TARGET_MS} ms`,
      met: ms <= TARGET_MS,
      why: `all but the slowest few are far below; behind it come ${slowest
        .filter(({ piece }) => piece !== worst.piece)
        .slice(0, 4)
        .map(({ piece }) => code(piece))
        .join(', ')}.`,
    },
    {
      what: `1 MiB of adversarial text, the middle one of ${pieces.length}`,
      measured: `${median(first.map((one) => one.ms)).toFixed(1)} ms`,
    },
  ];
}

/** Flat, as texts of applications mostly are, and not the engine's note of a repetition. */
function repeated(piece: string): string {
  return Buffer.from(piece.repeat(Math.ceil(MIB / piece.length)).slice(0, MIB), 'utf16le').toString('utf16le');
}

/** As code in a cell of a table: JSON, in which a bar or a backtick would end the cell or the code. */
function code(piece: string): string {
  return `\`${JSON.stringify(piece).replaceAll('|', '\\u007c').replaceAll('`', '\\u0060')}\``;
}
