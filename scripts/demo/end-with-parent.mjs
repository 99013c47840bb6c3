// Loaded into the broker and the shop by `npm start`: they end with the process that started them, however it ends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel is there to break, not to keep the process alive.
process.channel?.unref();
