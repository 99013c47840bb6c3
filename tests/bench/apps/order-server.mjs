// The application of the benchmarks: a node:http handler that prices an order of 4.4 KB with 21 locals in scope.
// Plain JavaScript on purpose, so that what is measured is the probe and not a loader.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const order = {
  id: 'ord-1048',
  customer: { id: 'c-77', name: 'Ada Example', tier: 'gold', address: { city: 'Zurich', street: 'Limmatquai 12' } },
  currency: 'CHF',
  coupons: ['WELCOME', 'SPRING'],
  lines: Array.from({ length: 24 }, (_, i) => ({
    sku: `SKU-${1000 + i}`,
    title: `Article number ${i} of the benchmark catalogue`,
    quantity: 1 + (i % 4),
    unitPrice: 990 + i * 35,
    taxRate: i % 3 === 0 ? 0.026 : 0.081,
    tags: ['bench', `group-${i % 5}`],
  })),
};
const body = JSON.stringify(order);

// Retained small objects, so that whatever walks the heap has something to walk.
const ballast = [];
for (let i = 0; i < Number(process.env.BALLAST_MB ?? 0) * 4000; i++) {
  ballast.push({ i, name: `object ${i}`, next: ballast[i - 1], list: [i, i + 1, i + 2], flags: { a: true, b: false } });
}

let served = 0;

function price(request) {
  const parsed = JSON.parse(body);
  const { id, customer, currency, coupons, lines } = parsed;
  const isGold = customer.tier === 'gold';
  const articleCount = lines.length;
  let subtotal = 0;
  let tax = 0;
  let units = 0;
  let heaviest = lines[0];
  for (const line of lines) {
    const amount = line.quantity * line.unitPrice;
    subtotal += amount;
    tax += amount * line.taxRate;
    units += line.quantity;
    if (amount > heaviest.quantity * heaviest.unitPrice) heaviest = line;
  }
  const discountRate = isGold ? 0.1 : 0;
  const discount = Math.round(subtotal * discountRate);
  const shipping = subtotal > 5000 ? 0 : 790;
  const couponValue = coupons.includes('SPRING') ? 500 : 0;
  const total = subtotal + Math.round(tax) + shipping - discount - couponValue;
  const path = request.url;
  const method = request.method;
  served += 1;
  return { id, total, currency, units, articleCount, heaviest, path, method }; // the probed line
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

const server = createServer((request, response) => {
  if (request.url === '/stats') {
    const usage = process.cpuUsage();
    const stats = {
      cpuUs: usage.user + usage.system,
      served,
      rss: process.memoryUsage.rss(),
      heapUsed: process.memoryUsage().heapUsed,
      // The histogram counts its own 1 ms interval in.
      maxDelayMs: Math.max(0, delay.max / 1e6 - 1),
      ballast: ballast.length,
    };
    delay.reset();
    response.end(JSON.stringify(stats));
    return;
  }
  const priced = price(request);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(priced));
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${server.address().port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
