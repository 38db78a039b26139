export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a part of the daemon may say: an event in a few words, and its facts. Never a token. */
export type Logger = Record<LogLevel, (event: string, facts?: Record<string, unknown>) => void>;

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
