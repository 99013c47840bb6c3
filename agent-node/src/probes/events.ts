import type { Hit } from '@borescope/agent-protocol';
import type { LiveAction } from './live-action.ts';

/** What the engine tells the conversation with the broker. */
export interface EngineEvents {
  /** The debugger was switched on or off in the application's thread. */
  attached(): void;
  armed(action: LiveAction): void;
  pending(action: LiveAction): void;
  failed(action: LiveAction): void;
  /** False where the hit has no room and is lost. */
  hit(actionId: string, hit: Hit): boolean;
  status(action: LiveAction, removed: boolean): void;
}
