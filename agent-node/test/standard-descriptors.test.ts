import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, type Application, startApplication } from './support/application.ts';
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
    beforeTheAgent = '',
  ): Promise<void> {
    const path = join(folder, 'app.cjs');
    const preload = join(folder, 'preload.cjs');
    await writeFile(path, `const { closeSync, readlinkSync } = require('node:fs');\n${text}`);
    await writeFile(preload, beforeTheAgent);
    const broker = await TestBroker.start();
    const application = startApplication(broker, path, { execArgv: ['--require', preload, '--require', AGENT] });
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
    ends(END, undefined, "for (const descriptor of [0, 2]) require('node:fs').closeSync(descriptor);"),
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
