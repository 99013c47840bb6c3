/** The name by which conditions reach the agent in the application's realm. Short: V8 compiles it on every pass. */
export const GLOBAL_NAME = '$borescope';
