/** `npm run test:faults`: every fault in full. In `npm test` each has a short round. */
export const LONG = process.env['FAULTS'] === 'long';
