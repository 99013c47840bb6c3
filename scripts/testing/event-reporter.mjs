// A reporter of node:test for a machine: one JSON line for each test, and for a suite that is skipped as a whole.
export default async function* events(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite' && data.skip === undefined) continue;
    const outcome =
      type === 'test:fail' ? 'failed' : data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed';
    const reason = typeof data.skip === 'string' ? data.skip : undefined;
    yield `${JSON.stringify({ name: data.name, outcome, reason })}\n`;
  }
}
