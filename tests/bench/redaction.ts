import { adversarialTexts } from './redaction/adversarial-texts.ts';
import { cold } from './redaction/cold.ts';
import { peers } from './redaction/peers.ts';
import { regularExpressions } from './redaction/regular-expressions.ts';
import { snapshot } from './redaction/snapshot.ts';
import { installPackages } from './redaction/temporary-packages.ts';
import { throughput } from './redaction/throughput.ts';
import type { Row } from './report.ts';

/**
 * What the redactor costs and finds, and others beside it. All in this process but for the cold start: no broker, no
 * application. The recall is told where BORESCOPE_REDACTION_CASES names labelled cases, as for `npm run score`.
 */
export async function benchRedaction(log: (line: string) => void): Promise<Row[]> {
  const packages = await installPackages(log);
  try {
    return [
      ...(await throughput(log)),
      ...snapshot(log),
      ...(await adversarialTexts(log)),
      ...regularExpressions(packages, log),
      ...(await cold(log)),
      ...(await peers(packages, log)),
    ];
  } finally {
    packages?.remove();
  }
}
