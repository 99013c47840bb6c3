/** How much a write matters. */
export interface WriteOptions {
  /**
   * Also where Redis takes nothing more (`maxmemory`): for what ends, revokes or refuses something, is small, and is of a
   * number that nobody outside can raise. The embedded store needs room on its disk all the same.
   */
  readonly whenFull?: boolean;
}
