/** The arguments that make a process of ours the daemon. */
export const DAEMON_WORDS: readonly string[] = ['daemon', 'run', '--spawned'];
