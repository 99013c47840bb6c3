import type { Hit } from '@borescope/agent-protocol';
import type { LiveAction } from './live-action.ts';

/** What the engine tells the conversation with the broker. */
export interface EngineEvents {
  /** The debugger was switched on or off in the application's thread. */
  attached(): void;
  armed(action: LiveAction): void;
  pending(action: LiveAction): void;
  failed(action: LiveAction): void;
  /** `bytes`: of the hit as JSON. False where it has no room and is lost. */
  hit(actionId: string, hit: Hit, bytes: number): boolean;
  status(action: LiveAction, removed: boolean): void;
  /** It has ended, and is not remembered any longer. */
  forgotten(actionId: string): void;
}
