/**
 * Told what is waited for from now on.
 * @param what in words that go on behind "waiting for"; asked anew whenever they are shown
 * @param since when that began, in seconds of process.uptime(), where it is not now
 * @returns to be called when the wait is over
 */
export type TellWait = (what: () => string, since?: () => number) => () => void;
