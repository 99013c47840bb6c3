import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scopeAt, unseenWork } from '../src/sources/scopes.ts';
import { readSyntax } from '../src/sources/syntax.ts';

/** Of the place that is marked with an `at` in a comment. */
function unseenAt(text: string): string {
  const offset = text.indexOf('/*at*/') + 6;
  const syntax = readSyntax(text, true);
  assert.ok(syntax && offset > 5);
  return unseenWork(scopeAt(syntax, offset).owner, offset);
}

describe('the work of a function that passes of a place do not tell of', () => {
  for (const loop of [
    'for (;n;) f();',
    'for (x of n) f();',
    'for (x in n) f();',
    'while (n) f();',
    'do f(); while (n);',
  ]) {
    it(`is that of its loop: ${loop}`, () => {
      assert.equal(unseenAt(`function a(n) { /*at*/f(); ${loop} }`), 'loop');
    });
  }

  it('is not that of a loop in another function, nor of a callback', () => {
    assert.equal(unseenAt('function a(n) { /*at*/n.map((x) => { for (;;) f(); }); }'), 'none');
    assert.equal(unseenAt('function a(n) { for (;;) { b(() => { /*at*/f(); }); } }'), 'none');
  });

  for (const skipped of [
    'if (n) { /*at*/f(); }',
    'if (n) return; /*at*/f();',
    'n ? /*at*/f() : 0;',
    'n && /*at*/f();',
    'switch (n) { case 1: /*at*/f(); }',
    'try { f(); } catch { /*at*/f(); }',
    'if (n) throw n; /*at*/f();',
  ]) {
    it(`is that of calls which leave the place out: ${skipped}`, () => {
      assert.equal(unseenAt(`function a(n) { ${skipped} }`), 'call');
    });
  }

  for (const passed of [
    '/*at*/f(); if (n) f();',
    'if (/*at*/f()) n();',
    'f(); return /*at*/f();',
    'await f(); /*at*/f();',
  ]) {
    it(`is none where each call passes it: ${passed}`, () => {
      assert.equal(unseenAt(`async function a(n) { ${passed} }`), 'none');
    });
  }
});
