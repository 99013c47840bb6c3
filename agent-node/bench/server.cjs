// The application of the overhead benchmark: a node:http order handler with some 20 locals. Run by overhead.ts.
const http = require('node:http');

const rates = { de: 0.19, fr: 0.2, it: 0.22 };
const catalogue = Array.from({ length: 40 }, (_, index) => ({
  sku: `sku-${index}`,
  price: 5 + index,
  weight: index / 10,
}));

function handle(id) {
  const customer = {
    id: id % 100,
    name: 'Ann Example',
    address: { street: 'Main Street 1', city: 'Springfield', zip: '12345' },
  };
  const country = ['de', 'fr', 'it'][id % 3];
  const items = catalogue.slice(id % 20, (id % 20) + 10).map((product) => ({ ...product, quantity: 1 + (id % 4) }));
  let subtotal = 0;
  let weight = 0;
  for (const item of items) {
    subtotal += item.price * item.quantity;
    weight += item.weight * item.quantity;
  }
  const rate = rates[country];
  const tax = Math.round(subtotal * rate * 100) / 100;
  const discount = id % 7 === 0 ? subtotal * 0.1 : 0;
  const shipping = weight > 5 ? 9.9 : 4.9;
  const total = subtotal + tax - discount + shipping;
  const currency = 'EUR';
  const paid = total > 0;
  const reference = `ref-${id}`;
  const tags = ['a', 'b', 'c'];
  const created = new Date(0);
  const order = {
    id,
    customer,
    country,
    items,
    subtotal,
    tax,
    discount,
    shipping,
    total,
    currency,
    paid,
    reference,
    tags,
    created,
  };
  return JSON.stringify(order); // PROBE
}

if (process.env.HEAP_MB) {
  globalThis.ballast = [];
  const end = Number(process.env.HEAP_MB) * 1024 * 1024;
  while (process.memoryUsage().heapUsed < end) {
    for (let i = 0; i < 1000; i++) globalThis.ballast.push({ i, text: `text ${i}`, list: [i, i + 1, { deep: i }] });
  }
}

let id = 0;
const server = http.createServer((_request, response) => {
  id += 1;
  response.setHeader('content-type', 'application/json');
  response.end(handle(id));
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system, requests: id });
});
