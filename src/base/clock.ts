/** Milliseconds since the epoch. Passed in wherever time matters, so that tests own it. */
export type Clock = () => number;
