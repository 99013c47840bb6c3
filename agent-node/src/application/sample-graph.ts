/**
 * Values like those of an HTTP handler: a request, its response and socket, each of which leads to the others, an order,
 * and one of every odd kind. Made by literals and by what was taken while the agent loaded, so that nothing that the
 * application has replaced is called.
 */
export function sampleGraph(odd: object): unknown[] {
  const socket: Record<string, unknown> = withEvents(new Stream());
  socket['connecting'] = false;
  socket['_readableState'] = state();
  socket['_writableState'] = state();
  socket['allowHalfOpen'] = true;
  socket['server'] = withEvents(new Stream());
  socket['timeout'] = 0;
  const req = withEvents(new Stream());
  req['_readableState'] = state();
  req['socket'] = socket;
  req['httpVersion'] = '1.1';
  req['complete'] = false;
  req['headers'] = {
    host: 'localhost:3000',
    connection: 'keep-alive',
    accept: 'application/json',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    authorization: 'Bearer abcdefghijklmnop',
    'content-length': '12',
  };
  req['rawHeaders'] = ['Host', 'localhost:3000', 'Accept', 'application/json', 'Cookie', 'a=1'];
  req['url'] = '/orders/17?page=2';
  req['method'] = 'GET';
  req['statusCode'] = null;
  req['client'] = socket;
  const res = withEvents(new Stream());
  res['outputData'] = [];
  res['shouldKeepAlive'] = true;
  res['_trailer'] = '';
  res['_header'] = null;
  res['socket'] = socket;
  res['_onPendingData'] = withEvents;
  res['req'] = req;
  socket['parser'] = { _headers: [], _url: '', socket, incoming: req, outgoing: res, onIncoming: withEvents };
  socket['_httpMessage'] = res;
  return [req, res, order(), odd, 'a text', 12, undefined];
}

class Emitter {
  [name: string]: unknown;
}

class Stream extends Emitter {
  // On Node 20 the constructor that the language would put here iterates its arguments.
  // biome-ignore lint/complexity/noUselessConstructor: see above.
  constructor() {
    super();
  }
}

function withEvents(object: Emitter): Emitter {
  object['_events'] = { close: state, error: [state, order], end: state, data: undefined };
  object['_eventsCount'] = 3;
  object['_maxListeners'] = undefined;
  return object;
}

function state(): object {
  return {
    objectMode: false,
    highWaterMark: 16_384,
    buffer: [],
    length: 0,
    pipes: [],
    flowing: null,
    ended: false,
    sync: true,
    defaultEncoding: 'utf8',
    awaitDrainWriters: null,
  };
}

function order(): object {
  return {
    id: 'ord-1048',
    total: 129.5,
    customer: { name: 'a plain name', tier: 'gold', address: { city: 'Zurich', zip: '8001' } },
    lines: [
      { sku: 'SKU-1', title: 'Article number 1 of the catalogue', quantity: 1, price: 9.5, tags: ['a', 'b'] },
      { sku: 'SKU-2', title: 'Article number 2 of the catalogue', quantity: 2, price: 19.5, tags: [] },
      { sku: 'SKU-3', title: 'Article number 3 of the catalogue', quantity: 3, price: 29.5, tags: ['c'] },
    ],
  };
}
