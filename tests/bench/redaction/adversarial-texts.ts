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
  const first: { piece: string; ms: number }[] = [];
  for (const piece of pieces) {
    const text = repeated(piece);
    const [[ms = 0] = []] = await inTurn([() => redactor.text(text)], 1);
    first.push({ piece, ms });
  }
  const slowest = [...first].sort((one, other) => other.ms - one.ms).slice(0, SLOWEST);
  const texts = slowest.map(({ piece }) => repeated(piece));
  const [reference = [], ...again] = await inTurn(
    [() => readAll(texts.slice(0, 1)), ...texts.map((text) => () => redactor.text(text))],
    ROUNDS,
  );
  const [worst = { figures: [], piece: '' }, ...others] = again
    .map((figures, index) => ({ figures, piece: slowest[index]?.piece ?? '' }))
    .sort((one, other) => median(other.figures) - median(one.figures));
  const ms = median(worst.figures);
  const behind = others.map(({ figures, piece }) => `${code(piece)} (${median(figures).toFixed(0)} ms)`).join(', ');
  const findings = redactor.text(repeated(worst.piece))?.findings.length ?? 0;
  log(`adversarial: ${JSON.stringify(worst.piece)}: ${ms.toFixed(1)} ms`);
  return [
    {
      what: `1 MiB of adversarial text, the slowest of ${pieces.length}: ${code(worst.piece)} repeated`,
      measured: `${ms.toFixed(1)} ms, ${quarters(worst.figures, (one) => one.toFixed(1))}; ${findings} findings`,
      ratio: `${timesOf(worst.figures, reference).toFixed(0)} times the time of the reference`,
      target: `<= ${TARGET_MS} ms`,
      met: ms <= TARGET_MS,
      why: `its time is linear, but a rule that is asked often and reads far may read a character up to a hundred times, and each finding is an object and a piece of a new text. Behind it come ${behind}.`,
    },
    {
      what: `1 MiB of adversarial text, the middle one of ${pieces.length}`,
      measured: `${median(first.map((one) => one.ms)).toFixed(1)} ms`,
    },
  ];
}

/** By way of its bytes: a plain text, as one that came to the application, and not the engine's note of a repetition. */
function repeated(piece: string): string {
  return Buffer.from(piece.repeat(Math.ceil(MIB / piece.length)).slice(0, MIB)).toString();
}

/** As code in a cell of a table: JSON, in which a bar or a backtick would end the cell or the code. */
function code(piece: string): string {
  return `\`${JSON.stringify(piece).replaceAll('|', '\\u007c').replaceAll('`', '\\u0060')}\``;
}
