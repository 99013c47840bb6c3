// Loaded into a broker under test: on SIGUSR2 it prints what it still holds. Needs --expose-gc.
process.on('SIGUSR2', async () => {
  // Finalizers and what they let go of need more than one turn.
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const resources = process.getActiveResourcesInfo();
  const count = (kind) => resources.filter((name) => name === kind).length;
  console.log(
    `usage ${JSON.stringify({
      heap: process.memoryUsage().heapUsed,
      sockets: count('TCPSocketWrap'),
      timers: count('Timeout'),
    })}`,
  );
});
