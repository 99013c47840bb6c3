import type { Administration } from '../../access/administration.ts';
import type { Caller } from '../../access/caller.ts';
import type { Controls } from '../../access/controls.ts';
import type { Tokens } from '../../access/tokens.ts';
import type { Users } from '../../access/users.ts';
import type { Actions } from '../../actions/actions.ts';
import type { Store } from '../../store/store.ts';
import type { ApiCaller } from './api-caller.ts';

/** What administers: a broker has it, and so has a command beside the store. */
export interface AdministrationServices {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly users: Users;
  readonly controls: Controls;
  readonly administration: Administration;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface AdministrationContext extends AdministrationServices {
  readonly caller: ApiCaller;
}

/** What only a broker has. */
export interface BrokerContext extends AdministrationContext {
  readonly actions: Actions;
  readonly token: Caller;
}
