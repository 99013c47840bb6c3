import { until } from '../live/until.ts';
import type { Installation } from './installation.ts';

/** Waits until the brokers say that so many agents are attached to them. */
export async function untilAttached({ brokers }: Installation, count: number): Promise<void> {
  await until(async () => {
    const counts = await Promise.all(brokers.map(({ url }) => attachedTo(url)));
    return counts.reduce((sum, one) => sum + one, 0) === count;
  });
}

async function attachedTo(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^borescope_agents_attached (\d+)/m.exec(text)?.[1]);
}
