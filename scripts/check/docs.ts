/**
 * Fails where a page links to what is not there, names an npm script, a setting or a promise that does not exist, or leaves one
 * out.
 */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { z } from 'zod';
import { PROMISES } from '../../tests/promises.ts';
import { anchorsOf, localLinks, npmScripts, promiseNames, settingNames } from './doc-claims.ts';
import { pages, pathOf, sourceFiles } from './source-files.ts';

const read = (file: string) => readFileSync(pathOf(file), 'utf8');
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
const wrong: string[] = [];
const groups = new Set(Object.keys(PROMISES).map((id) => id.split(':', 1).join()));

for (const page of pages()) {
  const text = read(page);
  for (const { target, line } of localLinks(text)) {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page : posix.join(posix.dirname(page), file);
    if (!existsSync(pathOf(path))) wrong.push(`${page}:${line} links to ${path}, which is not there`);
    else if (anchor !== undefined && !anchorsOf(read(path)).has(anchor)) {
      wrong.push(`${page}:${line} links to ${path}#${anchor}, and there is no such heading`);
    }
  }
  for (const { name, line } of promiseNames(text, groups)) {
    if (!Object.hasOwn(PROMISES, name))
      wrong.push(`${page}:${line} names ${name}, which tests/promises.ts does not have`);
  }
  for (const script of new Set(npmScripts(text))) {
    if (scripts[script] === undefined) wrong.push(`${page}: there is no npm script "${script}"`);
  }
}

// Each control names its test.
const SECURITY = 'docs/security-model.md';
const named = new Set(promiseNames(read(SECURITY), groups).map(({ name }) => name));
for (const [id, { source }] of Object.entries(PROMISES)) {
  if (source === SECURITY && !named.has(id)) wrong.push(`${SECURITY} is the source of ${id}, and does not name it`);
}

const ofAgent = settingNames(
  sourceFiles()
    .filter((file) => file.startsWith('agent-node/'))
    .map(read)
    .join('\n'),
);
const inAgentPage = existsSync(pathOf('docs/agent.md')) ? settingNames(read('docs/agent.md')) : new Set<string>();
for (const name of ofAgent) if (!inAgentPage.has(name)) wrong.push(`docs/agent.md does not tell of ${name}`);
for (const name of inAgentPage)
  if (!ofAgent.has(name)) wrong.push(`docs/agent.md tells of ${name}, which the agent does not read`);

for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
