import type { Observation, OwnLimit } from '@borescope/agent-protocol';

const WORDS: Readonly<Record<OwnLimit['of'], string>> = {
  overhead: '% of a core',
  hits: 'hits a minute',
  bytes: 'bytes a minute',
};

/** The limit of the agent itself that was used up while the probe was in place, in words. */
export function ownLimitOf(observation: Observation | undefined): string | undefined {
  const limit = observation?.ownLimit;
  return limit && `the agent's own limit of ${limit.most} ${WORDS[limit.of]}`;
}
