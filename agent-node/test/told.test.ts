import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { toldHit, toldInspection, toldPlace, toldProblem } from '../src/probes/told.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const redactor = createRedactor({ pseudonym: () => 'same' });
const written = createRedactor({});
const MAIL = 'ann@example.com';
const FILE = `/srv/${MAIL}/cart.js`;

test(
  proves('redaction:agent', 'names of functions and paths of files do not leave the process as they are'),
  async (t) => {
    const broker = await TestBroker.start();
    const application = startApplication(broker, 'named.cjs');
    t.after(async () => {
      await application.stop();
      await broker.close();
    });
    await broker.hello();
    broker.arm({ actionId: 'named', place: { file: 'fixtures/named.cjs', line: 3 }, maxHits: 1 });
    const { hit } = await broker.next('hit');
    assert.deepEqual([hit.function, hit.stack[0]?.function], ['[redacted:email]', '[redacted:email]']);
    assert.deepEqual(hit.redactions.kinds, ['email']);
    assert.doesNotMatch(JSON.stringify(broker.frames), /ann@/);
  },
);

test(proves('redaction:agent', 'nor do they beside a place, in what is said of it, and in lists of scripts'), () => {
  const place = { file: FILE, line: 3, sourceLine: '', function: MAIL, note: `see ${FILE}` };
  const problem = { code: 'LINE_NOT_EXECUTABLE', message: `nothing at ${FILE}`, hint: MAIL } as const;
  const inspection = { bound: place, problem, source: [], names: [], scripts: [FILE], pending: false };
  const told = [
    toldPlace(place, redactor),
    toldProblem(problem, written),
    toldInspection(inspection, redactor, written),
  ];
  assert.doesNotMatch(JSON.stringify(told), /ann@/);
  assert.equal(told[0] && 'function' in told[0] && told[0].function, '[redacted:email:same]');
  assert.deepEqual(toldProblem(problem, written).hint, '[redacted:email]');
});

test(proves('redaction:closed', 'where the redaction fails nothing of a name is told'), () => {
  const failing = {
    ...redactor,
    label: () => {
      throw new Error('failed');
    },
  };
  const hit = {
    time: 1,
    file: FILE,
    line: 1,
    function: 'f',
    variables: [],
    values: [],
    stack: [],
    redactions: { count: 0, kinds: [] },
    captureUs: 1,
  };
  assert.equal(toldHit(hit, failing).file, '[redacted:redaction-failed]');
});
