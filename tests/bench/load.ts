import autocannon from 'autocannon';

/** Requests a second that the server answers with all that 16 connections can ask. */
export async function saturate(url: string, seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: 16, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return result['2xx'] / result.duration;
}

/** A steady rate. Resolves with the number of requests answered. */
export async function steady(url: string, rate: number, seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: 4, duration: seconds, overallRate: rate });
  return result['2xx'];
}

/** The same without an end of its own, for at most five minutes. */
export function startSteady(url: string, rate: number): { stop(): Promise<void> } {
  const instance = autocannon({ url, connections: 4, duration: 300, overallRate: rate }, () => {});
  return {
    async stop() {
      const done = new Promise((resolve) => instance.once('done', resolve));
      instance.stop();
      await done;
    },
  };
}
