import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { root } from '../../scripts/prepare.mjs';
import { createMetrics } from '../../server/src/http/metrics.ts';

const place = z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() });
const dashboard = z.object({
  panels: z.array(
    z.object({ id: z.number(), gridPos: place, targets: z.array(z.object({ expr: z.string() })).default([]) }),
  ),
});

const { panels } = dashboard.parse(JSON.parse(readFileSync(join(root, 'docs/grafana-dashboard.json'), 'utf8')));
const shown = new Set(
  panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(?:borescope|nodejs|process)_[a-z0-9_]+/g) ?? []),
  ),
);

async function served(): Promise<string[]> {
  const metrics = createMetrics({
    openStreams: () => 0,
    diskUsage: async () => ({ storeBytes: 1, freeBytes: 1 }),
    certificateExpiry: () => 1,
  });
  const text = await metrics.text();
  metrics.close();
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) =>
    type === 'histogram' ? `${name}_bucket` : `${name}`,
  );
}

test('the dashboard shows every metric of a broker, and none that there is not', async () => {
  const names = await served();
  assert.deepEqual(
    [...shown].filter((name) => !names.includes(name)),
    [],
  );
  assert.deepEqual(
    names.filter((name) => name.startsWith('borescope_') && !shown.has(name)),
    [],
  );
});

test('its panels do not lie upon each other', () => {
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  assert.equal(new Set(cells).size, cells.length);
});
