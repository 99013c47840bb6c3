import { adversarialTexts } from './redaction/adversarial-texts.ts';
import { cold } from './redaction/cold.ts';
import { snapshot } from './redaction/snapshot.ts';
import { throughput } from './redaction/throughput.ts';
import type { Row } from './report.ts';

/** What the redactor costs and finds. All in this process but for the cold start; no broker, no application. */
export async function benchRedaction(log: (line: string) => void): Promise<Row[]> {
  return [...(await throughput(log)), ...snapshot(log), ...(await adversarialTexts(log)), ...(await cold(log))];
}
