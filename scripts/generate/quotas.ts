import { DEFAULT_QUOTAS, quotaChange } from '@borescope/server';
import { z } from 'zod';
import type { GeneratedFile } from './generated-file.ts';
import { cell, parseSchema } from './json-schema-rows.ts';

/** What there is a quota for, and how much it is where nothing was set. */
export function quotasPage(): GeneratedFile {
  const schema = parseSchema(z.toJSONSchema(quotaChange, { io: 'input', target: 'draft-2020-12' }));
  const rows = Object.entries(DEFAULT_QUOTAS).flatMap(([whose, quotas]) =>
    Object.entries(quotas).map(([name, value]) => {
      const meaning = schema.properties?.[whose]?.properties?.[name]?.description ?? '';
      return `| \`${whose}.${name}\` | ${value.toLocaleString('en-US')} | ${cell(meaning)} |`;
    }),
  );
  return {
    path: 'docs/quotas.md',
    text: `<!-- Generated from server/src/quotas/quota-limits.ts by npm run generate. -->

# Quotas

How much may be asked, placed and captured. \`organization\` is for all of an organization together, \`token\` for each token and
each person who is signed in, \`runtime\` for each process; \`tokens.ID\` goes before \`token\` for one of them. How they are set, and
what happens at their end: [access](access.md#quotas).

| quota | default | of |
|---|---:|---|
${rows.join('\n')}

\`none\` (\`null\` in the API) is without a limit. Days and hours are those of UTC.
`,
  };
}
