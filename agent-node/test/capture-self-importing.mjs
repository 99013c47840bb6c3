import * as self from './capture-self-importing.mjs';

export const early = 1;
globalThis.captureForTest(self);
export const late = 2;
