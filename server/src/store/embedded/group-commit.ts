interface Group {
  readonly works: (() => void)[];
  readonly done: Promise<void>;
  readonly settle: (error?: { cause: unknown }) => void;
  readonly turn: NodeJS.Immediate;
}

/**
 * What is asked of the store within one turn of the event loop becomes one transaction: a commit costs more than what it
 * commits. Nobody is answered before it, and where it fails it fails for all who were in it.
 */
export class GroupCommit {
  readonly #commit: (works: readonly (() => void)[]) => void;
  #group: Group | undefined;

  /**
   * `commit` writes all that is pending and does the works behind it, in their order, in one step; or throws and nothing of it
   * is written.
   */
  constructor(commit: (works: readonly (() => void)[]) => void) {
    this.#commit = commit;
  }

  /** The commit of this turn: resolves when what is pending is written, rejects where it could not be. */
  joined(): Promise<void> {
    this.#group ??= this.#begin();
    return this.#group.done;
  }

  /**
   * Makes `work` a part of the commit of this turn: it reads and writes the database as it is then. Its answer, once that is
   * done; rejects as `joined` does, also where it throws itself, which fails the whole turn.
   */
  async within<T>(work: () => T): Promise<T> {
    this.#group ??= this.#begin();
    const { works, done } = this.#group;
    let answer = (): T => {
      throw new Error('what was to be a part of a commit was left out');
    };
    works.push(() => {
      const made = work();
      answer = () => made;
    });
    await done;
    return answer();
  }

  /** Commits now, for a statement that must come behind what is pending. Who waits is told of a failure, nobody else. */
  flush(): void {
    const group = this.#group;
    if (group === undefined) return;
    this.#group = undefined;
    clearImmediate(group.turn);
    try {
      this.#commit(group.works);
      group.settle();
    } catch (cause) {
      group.settle({ cause });
    }
  }

  #begin(): Group {
    let settle: (error?: { cause: unknown }) => void = () => {};
    const done = new Promise<void>((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error.cause));
    });
    // Behind all input that is ready now: many frames and requests share the commit.
    return { works: [], done, settle, turn: setImmediate(() => this.flush()) };
  }
}
