import type { Notice } from './messages.ts';

/** Things of which notices may wait at the same time; beyond it they are lost, as notices may be. */
const MOST = 10_000;
/** Notices of one publication. */
const TOGETHER = 500;

/**
 * Notices on their way out: those of one thing that come while others are under way are sent as one. `publish` may reject:
 * then its notices are lost.
 */
export function createNotices(publish: (notices: readonly Notice[]) => Promise<void>): (notice: Notice) => void {
  const waiting = new Map<string, Notice>();
  let sending = false;

  async function send(): Promise<void> {
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, TOGETHER);
      for (const [key] of batch) waiting.delete(key);
      await publish(batch.map(([, notice]) => notice)).catch(() => undefined);
    }
    sending = false;
  }

  return (notice) => {
    const key = subjectOf(notice);
    if (waiting.size >= MOST && !waiting.has(key)) return;
    waiting.set(key, merged(waiting.get(key), notice));
    if (sending) return;
    sending = true;
    // What is told in one turn goes together.
    setImmediate(() => void send());
  };
}

function subjectOf(notice: Notice): string {
  const { type, organization } = notice;
  return `${type} ${organization} ${type === 'changed' ? notice.actionId : notice.runtime}`;
}

/** The end of an action is not forgotten over what is told of it afterwards. */
function merged(before: Notice | undefined, notice: Notice): Notice {
  return before?.type === 'changed' && before.change === 'ended' ? before : notice;
}
