// Tells how many milliseconds after the start of the process its first line runs, and ends.
process.stdout.write(String(performance.now()));
