import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

describe('an application that closes its standard descriptors', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-descriptors-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function ends(
    text: string,
    whileItRuns?: (broker: TestBroker, application: Application) => Promise<void>,
  ): Promise<void> {
    const path = join(folder, 'app.cjs');
    await writeFile(path, `const { closeSync, readlinkSync } = require('node:fs');\n${text}`);
    const broker = await TestBroker.start();
    const application = startApplication(broker, path);
    try {
      await broker.hello();
      await whileItRuns?.(broker, application);
      application.tell('end');
      const { code, signal } = await application.ended();
      assert.deepEqual({ code, signal }, { code: 3, signal: null });
    } finally {
      await application.stop();
      await broker.close();
    }
  }

  const END = "process.on('message', (wanted) => { if (wanted === 'end') process.exit(3); });";

  it(proves('agent:exit', 'before the agent connects ends as it would'), () =>
    ends(`closeSync(0);\ncloseSync(2);\n${END}`),
  );

  it(proves('agent:exit', 'before the agent connects again ends as it would'), () =>
    ends(
      `${END}\nprocess.on('message', (wanted) => {
        if (wanted !== 'close') return;
        closeSync(2);
        process.send('closed');
        process.on('exit', () => {
          if (process.platform === 'linux' && readlinkSync('/proc/self/fd/2') !== '/dev/null') process.exitCode = 4;
        });
      });`,
      async (broker, application) => {
        const closed = application.said();
        application.tell('close');
        await closed;
        broker.cut();
        await broker.hello(2);
      },
    ),
  );
});
