/** Opens the comment that holds the worker's code in the bundled file. */
export const WORKER_MARK = '! borescope worker\n';
