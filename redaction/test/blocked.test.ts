import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Blocked, createBlocklist, createClassMatcher, patternFault } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const NOTHING: Blocked = { files: [], packages: [], classes: [] };
const files = (...patterns: string[]) => createBlocklist({ ...NOTHING, files: patterns });
const packages = (...patterns: string[]) => createBlocklist({ ...NOTHING, packages: patterns });

/** Patterns with paths that they block and paths that they do not. */
const FILES: readonly (readonly [pattern: string, blocked: readonly string[], free: readonly string[]])[] = [
  [
    'src/secrets/*.ts',
    [
      '/srv/shop/src/secrets/keys.ts',
      'src/secrets/keys.ts',
      'C:\\shop\\src\\secrets\\keys.ts',
      'webpack://shop/./src/secrets/keys.ts?4e32',
      'file:///srv/shop/src/secrets/keys.ts',
      '/srv/shop/lib/../src/secrets/keys.ts',
      '/srv/shop/SRC/Secrets/Keys.ts',
    ],
    [
      '/srv/shop/src/secrets/keys.js',
      '/srv/shop/src/secrets/deep/keys.ts',
      '/srv/shop/notsrc/secrets/keys.ts',
      '/srv/shop/src/secrets',
      '',
    ],
  ],
  [
    '**/billing/**',
    ['/srv/shop/billing/a.js', '/srv/billing/deep/er/a.js', 'billing/a.js'],
    ['/srv/shop/billings/a.js', '/srv/shop/src/billing.js'],
  ],
  ['src/billing', ['/srv/shop/src/billing/a.js', '/srv/shop/src/billing/deep/a.js'], ['/srv/shop/src/billing.js']],
  ['src/billing/', ['/srv/shop/src/billing/a.js'], ['/srv/shop/billing/a.js']],
  ['vault.js', ['/srv/vault.js', 'vault.js'], ['/srv/my-vault.js', '/srv/vault.jsx']],
  ['*vault*', ['/srv/my-vault.js', '/srv/vault/a.js', '/srv/the.vault'], ['/srv/v-ault.js']],
  ['src/**/keys.ts', ['src/keys.ts', '/a/src/b/c/keys.ts', '/a/src/b/src/keys.ts'], ['/a/keys.ts', '/a/src/keys.tsx']],
  ['src/*/b/**/d/*.js', ['/x/src/a/b/d/e.js', '/src/a/b/c/c/d/e.js'], ['/src/b/d/e.js', '/src/a/b/d']],
  ['/srv/shop/src', ['/srv/shop/src/a.js', 'file:///srv/shop/src/a.js'], ['/mnt/srv/shop/src/a.js', 'src/a.js']],
  ['C:\\shop\\src', ['c:/shop/src/a.js'], ['D:/C:/shop/src/a.js', '/shop/src/a.js']],
  ['pages/[id]/(group)/a.ts', ['/app/pages/[id]/(group)/a.ts'], ['/app/pages/i/(group)/a.ts']],
  ['caf\u00e9/a.js', ['/srv/cafe\u0301/a.js'], ['/srv/cafe/a.js']],
  ['**', ['/a.js', 'a'], []],
];

/** The language taken literally: a regular expression for each pattern, which may take its time. */
function byRegExp(pattern: string): RegExp {
  const body = pattern
    .split('/')
    .map((part) => (part === '**' ? '(?:[^/]+/)*' : `${part.replaceAll('*', '[^/]*')}/`))
    .join('');
  return new RegExp(`^(?:.*/)?${body}`);
}

describe('a pattern of files', () => {
  for (const [pattern, blocked, free] of FILES) {
    test(proves('blocked:language', `${pattern} means the files that it seems to mean`), () => {
      const list = files(pattern);
      for (const path of blocked) assert.equal(list.path(path), true, path);
      for (const path of free) assert.equal(list.path(path), false, path);
      assert.equal(patternFault('files', pattern), undefined);
    });
  }

  test('agrees with the regular expression that it stands for, on all short paths', () => {
    const names = ['a', 'b', 'ab', 'aab'];
    const paths = names.flatMap((a) => [
      a,
      ...names.flatMap((b) => [`${a}/${b}`, ...names.map((c) => `${a}/${b}/${c}`)]),
    ]);
    const parts = ['a', '*b', '**', '*', 'a*b'];
    const patterns = parts.flatMap((a) => [
      a,
      ...parts.flatMap((b) => [`${a}/${b}`, ...parts.map((c) => `${a}/${b}/${c}`)]),
    ]);
    for (const pattern of patterns) {
      const list = files(pattern);
      const expected = byRegExp(pattern);
      for (const path of paths) assert.equal(list.path(path), expected.test(`${path}/`), `${pattern} on ${path}`);
    }
  });
});

describe('a pattern of packages', () => {
  test(proves('blocked:language', 'means a package wherever it is installed'), () => {
    const list = packages('stripe', '@acme/*');
    for (const path of [
      '/srv/shop/node_modules/stripe/lib/index.js',
      '/srv/shop/node_modules/.pnpm/stripe@1.0.0/node_modules/stripe/lib/index.js',
      '/srv/shop/node_modules/other/node_modules/stripe/index.js',
      '/srv/shop/node_modules/stripe/node_modules/uuid/index.js',
      '/srv/shop/.yarn/cache/stripe-npm-1.zip/node_modules/stripe/index.js',
      'webpack://shop/./node_modules/stripe/lib/index.js',
      'C:\\shop\\node_modules\\@Acme\\billing\\index.js',
      'file:///srv/node_modules/@acme/x/y.mjs',
    ]) {
      assert.equal(list.path(path), true, path);
    }
    for (const path of [
      '/srv/stripe/lib/index.js',
      '/srv/shop/node_modules/stripe-mock/index.js',
      '/srv/shop/node_modules/@types/stripe/index.js',
      '/srv/shop/node_modules/acme/index.js',
      '/srv/shop/node_modules',
    ]) {
      assert.equal(list.path(path), false, path);
    }
    assert.equal(list.package('@acme/billing'), true);
    assert.equal(list.package('stripe-mock'), false);
  });
});

describe('a pattern of classes', () => {
  test(proves('blocked:language', 'means a name as the constructor has it'), () => {
    const matches = createClassMatcher(['Vault', '*Credentials', 'A*B*C']);
    for (const name of ['Vault', 'Credentials', 'AwsCredentials', 'ABC', 'AxxBxBxC']) assert.ok(matches(name), name);
    for (const name of ['vault', 'Vaults', 'MyVault', 'CredentialsOf', 'ACB', '', '__proto__', 'constructor']) {
      assert.ok(!matches(name), name);
    }
  });
});

describe('what only looks like a pattern', () => {
  const faults: readonly (readonly [keyof Blocked, string, RegExp])[] = [
    ['files', '', /is empty/],
    ['files', ' src', /white space/],
    ['files', 'src/\n.ts', /control character/],
    ['files', '!src/a.ts', /begins with `!`/],
    ['files', 'src/{a,b}.ts', /`\{`/],
    ['files', 'src/a?.ts', /`\?`/],
    ['files', 'src/**.ts', /stands alone/],
    ['files', '../src/a.ts', /`\.\.`/],
    ['files', '//', /names no file/],
    ['packages', 'node_modules/stripe', /no name of a package/],
    ['packages', '@acme', /no name of a package/],
    ['packages', 'stripe@1:2', /no name of a package/],
    ['classes', 'vault.Vault', /no name of a class/],
    ['classes', 'src/Vault', /no name of a class/],
  ];
  for (const [kind, pattern, expected] of faults) {
    test(`is told: ${JSON.stringify(pattern)} among ${kind}`, () => {
      assert.match(patternFault(kind, pattern) ?? '', expected);
    });
  }

  test('is not told of what is one', () => {
    assert.equal(patternFault('packages', '@acme/*'), undefined);
    assert.equal(patternFault('packages', 'aws-*'), undefined);
    assert.equal(patternFault('classes', '$Vault_1*'), undefined);
    assert.equal(patternFault('classes', 'Größe'), undefined);
  });
});

test(proves('blocked:language', 'the worst patterns on the worst path take milliseconds'), () => {
  const path = `/${'a'.repeat(200)}`.repeat(20);
  const patterns = Array.from({ length: 1000 }, (_, i) => `${'*a'.repeat(100)}${'**/'.repeat(0)}*b${i}`);
  const started = process.cpuUsage();
  assert.equal(files(...patterns).path(path), false);
  assert.equal(files(...patterns.map(() => `${'**/*a/'.repeat(42)}b`)).path(path), false);
  const { user } = process.cpuUsage(started);
  // 4,000 characters times 250,000 of patterns, a few nanoseconds each; a backtracking matcher takes longer than there is.
  assert.ok(user < 20_000_000, `${user / 1000} ms`);
});
