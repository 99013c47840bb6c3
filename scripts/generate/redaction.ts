import { FORMATS, MOST_FINDINGS, ROLE, RULES, SPARABLE_KINDS, TERM_GROUPS } from '@borescope/redaction';
import type { GeneratedFile } from './generated-file.ts';
import { cell } from './json-schema-rows.ts';

export function redactionPage(): GeneratedFile {
  return {
    path: 'docs/redaction.md',
    text: `<!-- Generated from redaction/src and scripts/generate/redaction.ts by npm run generate. -->

# Redaction

Nothing personal or secret is to leave a process. Values are looked at inside of it, while they are captured, before anything
is cut or sent; the broker looks at every hit again before it is stored. It is on by default, and no expression, template,
key, error message or stack gets around it. What it is worth against whom, and where it ends, says the
[security model](security-model.md#redaction).

**It knows names and forms, and nothing else.** A name of a person, an address in words, or a password in a field called \`note\` is
shown: nothing tells it. Name such fields in a [policy](#a-policy-of-your-own), block their classes, or use \`strict\` where that is not enough.

## What stands in the place of a value

Its kind, its type, its length class (the smallest power of two that is at least the length) and a pseudonym: eight
characters, keyed with a key of the organization that is another every day (UTC). Equal values have equal pseudonyms, so
that an assistant sees that two are the same without seeing either: \`{"$redacted": "email", "$same": "k3fQ_x1a", "$length": 32}\`, and
within a text \`[redacted:email:k3fQ_x1a]\`.

There is no pseudonym of what can be guessed by going through all that it could be (marked below, and all that an organization
hides by rules of its own), of values below 8 and above 8,192 characters, of values whose end was not seen, and in what an
expression has put together. Whoever can send a value through the application can compare its pseudonym with others of that day.

## In which order

Classes and files that may [never be inspected](agent-protocol.md#what-may-never-be-inspected) are not looked into at all. A
key name that hides its value hides it whole, whatever it is: objects, \`Map\` entries, class fields, headers, query strings, and
names in running text (\`password=...\`, JSON in a string, cookies). Then numbers, buffers and texts are looked at by the
rules below, keys and messages and stacks as well; the \`data\` of a buffer that JSON has made an object is hidden whole. A name says it in camel, snake or kebab case and as whole words: \`author\`, \`keyboard\` and
\`tokenize\` stay, and so do names that only describe a secret (\`tokenCount\`, \`hasPassword\`, \`passwordPolicy\`).

Whatever cannot be looked at is hidden whole: what lies behind 1 MiB of a text or behind ${MOST_FINDINGS.toLocaleString('en')}
findings in it, a value of a kind that nobody knows, anything at which the redaction itself fails or for which its time is over (\`unexamined\`, \`redaction-failed\`).

## A policy of your own

In the [policy](access.md#policy) of the organization. It is the same document and the same command:

\`\`\`json
{
  "redaction": {
    "mode": "standard",
    "environments": [
      { "environment": "production", "mode": "strict" },
      { "environment": "dev", "mode": "off", "reason": "made-up data only" }
    ],
    "names": ["shoeSize", "loyalty_number"],
    "literals": ["Project Nightingale"],
    "patterns": [{ "name": "order-number", "pattern": "\\\\bORD-[0-9]{6}\\\\b", "sample": "for ORD-123456" }],
    "exceptions": { "names": ["uuid"], "values": ["support@example.com"], "kinds": ["phone"] }
  }
}
\`\`\`

- **mode**: \`standard\`, the rules below, or \`strict\`: every value is hidden, and types, length classes and the structure are told.
  Names that look as if somebody had written them into the code count as structure; other names of properties, such as the ids of a dictionary, are hidden, too, and cannot be asked for. In
  \`strict\` a condition may ask for types and for whether something is there, and nothing else.
- **environments** have another mode, by the environment that a runtime tells; bind agent tokens to environments, so that none can call itself another. Only
  here redaction can be switched \`off\`, with a reason, which stands in the audit: then nothing is hidden there, and only what is blocked stays so. A runtime that
  tells no environment is in none of these. A process that does not trust its broker with this keeps it on by its own setting, \`BORESCOPE_REDACTION\` ([agent](agent.md#settings)).
- **names**: keys that hide their values, whatever their case and separators.
- **literals**: texts that are hidden wherever they stand, exactly so written, within words and as digits of numbers, too. Who may not change
  the policy is not told them, nor by a preview; nor does the audit hold them, but how many they are. Who may place probes can try whether a text is one.
- **patterns**: RE2 ([syntax](https://github.com/google/re2/wiki/Syntax)), in texts and in the digits of numbers. They run at the broker, in linear time and for
  200 ms of a hit and a quarter of the broker's time at most; what is not looked at in that time is hidden, and so is a text that would take one pattern longer: with 2,000 instructions, which is the most that one may have, above 1,500 characters, and with 14, as \`\\bORD-[0-9]{6}\\b\` has, above 200,000. **Agents do not know them**: such a value leaves the process, is hidden before it is stored, and a condition or an expression can test it and take it apart; of a text that the agent has cut the last 128 characters are hidden. Where that is too much use a name or a literal.
- **exceptions**: whole key names, exact texts, and kinds (${SPARABLE_KINDS.map((kind) => `\`${kind}\``).join(', ')}) that are shown although a rule below would hide them. They
  never undo a rule of your own. What a key name hides is of the kind of the name, \`email\` under \`email:\` of \`personal-name\`.
  Addresses of networks are hidden unless they are excepted: \`private-ip-address\` shows those that say nothing of anybody outside, such as that of a
  database in \`connect ECONNREFUSED 10.0.0.5:5432\`.

Everything is checked when it is set: a pattern that is none is refused with its position, and what was there stays. See what it does first:

\`\`\`sh
borescope policy preview policy.json --sample sample.json --environment production
borescope policy check policy.json
borescope policy set policy.json
\`\`\`

A change reaches every attached agent within a second and holds for the probes that are in place. Hits that were stored before stay as they are until
the retention ends. Names, texts and exceptions are told to agents, and so to whoever has a token of one; patterns are not.

## What only the broker has hidden

Agents hide before they send. Where the broker still finds something, the agent is older than a rule, or not ours: it is counted
(\`borescope_broker_redactions_total\`, by kind), and told for a week, by service and environment:

\`\`\`sh
borescope policy warnings   # or GET /api/redaction/warnings
\`\`\`

## Rules

${RULES.length} rules, in the order in which they are asked. No regular expression runs in the application's process; each rule
takes time that is linear in the text. An asterisk marks kinds whose values could be guessed one by one: they get no pseudonym.

A checksum makes known only what says too little without it: wallets, cards, numbers of persons. That of a token with a telling prefix (GitHub, npm,
Cloudflare, Azure) is not looked at, because a token that was cut or made up would then be shown.

| kind | what is hidden | taken from |
|---|---|---|
${rows().join('\n')}

## Numbers of persons

Names that hide a value only where it is a valid number of their kind (\`pesel\`, \`phone\`), in a key, or in the words before it in a text (\`PESEL 44051401359\`). General
names, such as \`idNumber\`, stand for all of them. With the form in the last column a number is known without a name: \`9\` is a digit, \`A\` a capital, \`X\` either.
Amounts (\`19.99\`, \`1,250.00\`), dates, times, sizes and versions stay under all of these names.

| number | taken from | names | anywhere |
|---|---|---|---|
${FORMATS.map(formatRow).join('\n')}

## Key names

Words of the name, written together; a name hides where one of them stands in it as whole words, or where it is all of the name, as is said.

${TERM_GROUPS.map(groupText).join('\n\n')}
`,
  };
}

function rows(): string[] {
  const all = RULES.map(({ kind, what, source, enumerable }) => {
    const mark = enumerable === true ? ' \\*' : '';
    return `| \`${kind}\`${mark} | ${cell(what)} | ${cell(source)} |`;
  });
  return [...new Set(all)];
}

function formatRow({ what, source, names, anywhere }: (typeof FORMATS)[number]): string {
  const code = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join(' ');
  return `| ${cell(what)} | ${cell(source)} | ${code(names.split(/\s+/).filter((name) => name !== ''))} | ${code(anywhere ?? [])} |`;
}

const ROLES: Readonly<Record<keyof typeof ROLE, string>> = {
  word: 'anywhere in the name',
  stem: 'also at the end of a word that runs together',
  last: 'as the last of several words',
  whole: 'as the whole name',
  loose: 'as the whole name of a key or a variable',
  firm: 'a name of the organization',
  spared: 'an exception of the organization',
  tail: 'as the last word: then the name describes a secret, and hides nothing',
  head: 'as the first word: then the name hides nothing',
  number: 'as the last word: then the words before it tell what the value is',
  harmless: 'names that look secret and are not: they hide nothing',
};

function groupText({ kind, role, terms }: (typeof TERM_GROUPS)[number]): string {
  const where = Object.entries(ROLE)
    .filter(([, bit]) => (role & bit) !== 0)
    .map(([name]) => ROLES[name as keyof typeof ROLE])
    .join(', ');
  const words = terms
    .trim()
    .split(/\s+/)
    .map((term) => `\`${term}\``);
  return `**${kind === undefined ? '' : `\`${kind}\`, `}${where}**: ${words.join(' ')}`;
}
