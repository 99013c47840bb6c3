import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { browser } from '../../scripts/testing/browser.ts';

const LIMIT_MS = 30_000;

const installed = browser();

/** Why tests in a browser cannot run here, for their `skip` option; false where they can. */
export const noBrowser: string | false = installed === undefined && 'no Chromium or Chrome is installed';

/** One page of a browser that nobody sees, with a profile of its own. */
export interface LivePage {
  /** Resolves when the page has loaded, wherever redirects have led to. */
  open(url: string): Promise<void>;
  /** Types into the field with this id. */
  type(id: string, text: string): Promise<void>;
  /** Clicks the button with this text, and waits for the page that comes. */
  press(text: string): Promise<void>;
  url(): Promise<string>;
  /** What a person reads. */
  text(): Promise<string>;
  evaluate(expression: string): Promise<unknown>;
  /** For whoever wants to look: writes a PNG. */
  screenshot(file: string): Promise<void>;
  /** What the browser complained of: refused by a policy, failed. */
  readonly complaints: string[];
  close(): Promise<void>;
}

interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** Speaks the DevTools protocol over a pipe: JSON, each text ended by a zero byte. */
export async function livePage(): Promise<LivePage> {
  const profile = mkdtempSync(join(tmpdir(), 'borescope-browser-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage'];
  const child = spawn(installed ?? 'chromium', [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (message: Message) => void>();
  const listeners = new Set<(message: Message) => void>();
  let next = 0;
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const texts = (rest + chunk).split('\0');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      const message: Message = JSON.parse(text);
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      else for (const listen of [...listeners]) listen(message);
    }
  });

  let session: string | undefined;
  function send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++next;
    input.write(`${JSON.stringify({ id, method, params, ...(session !== undefined && { sessionId: session }) })}\0`);
    return bounded(
      method,
      new Promise((resolve, reject) => {
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result ?? {});
          else reject(new Error(`${method}: ${error.message}`));
        });
      }),
    );
  }

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  session = String(sessionId);
  const complaints: string[] = [];
  listeners.add(({ method, params }) => {
    if (method === 'Log.entryAdded') complaints.push(JSON.stringify(params?.['entry']));
  });
  await Promise.all([send('Page.enable'), send('Runtime.enable'), send('Log.enable')]);

  async function evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value?: unknown }).value;
  }

  /** Starts something that leads to another page, and waits until that has loaded. */
  async function loading(start: () => Promise<unknown>): Promise<void> {
    let loaded = () => {};
    const done = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    const listen = ({ method }: Message) => {
      if (method === 'Page.loadEventFired') loaded();
    };
    listeners.add(listen);
    try {
      await start();
      await bounded('a page', done);
    } finally {
      listeners.delete(listen);
    }
  }

  return {
    open: (url) => loading(() => send('Page.navigate', { url })),
    async type(id, text) {
      await evaluate(`document.getElementById(${JSON.stringify(id)}).focus()`);
      await send('Input.insertText', { text });
    },
    press: (text) =>
      loading(() =>
        evaluate(
          `[...document.querySelectorAll('button')].find((b) => b.textContent === ${JSON.stringify(text)}).click()`,
        ),
      ),
    url: async () => String(await evaluate('location.href')),
    text: async () => String(await evaluate('document.body.innerText')),
    evaluate,
    async screenshot(file) {
      const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true });
      writeFileSync(file, Buffer.from(String(data), 'base64'));
    },
    complaints,
    async close() {
      const ended = once(child, 'exit');
      // Its own processes write to the profile until it has ended them.
      await send('Browser.close').catch(() => child.kill('SIGKILL'));
      await bounded('the end of the browser', ended).catch(() => child.kill('SIGKILL'));
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

async function bounded<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
