/**
 * What is asked of the store within one turn of the event loop becomes one transaction: a commit costs more than what it
 * commits. Nobody is answered before it, and where it fails it fails for all who were in it.
 */
export class GroupCommit {
  readonly #commit: () => void;
  #group: { done: Promise<void>; settle: (error?: { cause: unknown }) => void; turn: NodeJS.Immediate } | undefined;

  /** `commit` writes all that is pending in one step, or throws and nothing of it is written. */
  constructor(commit: () => void) {
    this.#commit = commit;
  }

  /** The commit of this turn: resolves when what is pending is written, rejects where it could not be. */
  joined(): Promise<void> {
    this.#group ??= this.#begin();
    return this.#group.done;
  }

  /** Commits now, for a statement that must come behind what is pending. Who waits is told of a failure, nobody else. */
  flush(): void {
    const group = this.#group;
    if (group === undefined) return;
    this.#group = undefined;
    clearImmediate(group.turn);
    try {
      this.#commit();
      group.settle();
    } catch (cause) {
      group.settle({ cause });
    }
  }

  #begin() {
    let settle: (error?: { cause: unknown }) => void = () => {};
    const done = new Promise<void>((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error.cause));
    });
    // Behind all input that is ready now: many frames and requests share the commit.
    return { done, settle, turn: setImmediate(() => this.flush()) };
  }
}
