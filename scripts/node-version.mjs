// Imported before anything else, and written so that an old Node still gets as far as the message.
const wanted = [20, 19];
const own = process.versions.node.split('.').map(Number);

if (own[0] < wanted[0] || (own[0] === wanted[0] && own[1] < wanted[1])) {
  console.error(
    `Borescope needs Node.js ${wanted.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org`,
  );
  process.exit(1);
}
