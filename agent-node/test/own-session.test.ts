import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { type Application, DOORWAY, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const PLACE = { file: 'own-session.cjs', line: 21 };

/** How often it has turned, a moment after it was asked: an application that stands never answers. */
async function turns(application: Application): Promise<number> {
  const answer = application.said();
  application.tell('how far');
  return ((await answer) as { turns: number }).turns;
}

for (const [title, execArgv] of [
  ['runs on, during an action and after it', []],
  ['runs on where its inspector listens and nobody is connected', ['--inspect=127.0.0.1:0']],
] as const) {
  test(proves('agent:own-session', `an application that pauses on its own exceptions ${title}`), async () => {
    const broker = await TestBroker.start();
    const application = startApplication(broker, 'own-session.cjs', { execArgv: [...execArgv, '--import', DOORWAY] });
    try {
      await broker.hello();
      broker.arm({ actionId: 'a', place: PLACE, maxHits: 20 });
      const { hit } = await broker.next('hit', ({ sequence }) => sequence === 20);
      assert.equal(hit.variables.find(({ name }) => name === 'id')?.value.type, 'number');
      await broker.next('status', ({ actionId, removed }) => actionId === 'a' && removed);

      const before = await turns(application);
      for (let i = 0; i < 5; i++) {
        const statement = application.said();
        application.tell('statement');
        const { seen } = (await statement) as { seen: number };
        assert.equal(seen, 1, 'the application sees its own pauses as ever');
      }
      assert.ok((await turns(application)) > before);
    } finally {
      await application.stop();
      await broker.close();
    }
  });
}
