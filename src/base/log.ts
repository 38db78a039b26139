/** From the most to the least talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a part of the daemon may say: an event in a few words, and its facts. Never a token. */
export type Logger = Record<LogLevel, (event: string, facts?: Record<string, unknown>) => void>;

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
