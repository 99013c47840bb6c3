import { z } from 'zod';

const call = z.strictObject({
  runtimes: z.object({ service: z.string() }),
  file: z.string(),
  line: z.int(),
  expect_line: z.string(),
  condition: z.string().optional(),
  expressions: z.array(z.string()).optional(),
});

export type SnapshotCall = z.infer<typeof call>;

/** The arguments of every `capture_snapshot` that a document shows. */
export function snapshotCallsOf(markdown: string): SnapshotCall[] {
  return [...markdown.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((block) => call.parse(JSON.parse(block[1] ?? '')));
}
