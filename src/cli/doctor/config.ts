import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { advice, failed, fine, type Check } from './check.ts';

/** @param problem what reading it threw; undefined when it is valid @param file undefined when there is none */
export function checkConfig(name: string, file: string | undefined, problem: unknown): Check {
  if (problem === undefined)
    return fine(name, file === undefined ? 'none: the defaults hold' : `${file} is valid`);
  const isOurs = problem instanceof StyxyError;
  const why = isOurs && problem.why !== undefined ? `: ${problem.why}` : '';
  return failed(
    name,
    `${messageOf(problem)}${why}`,
    isOurs ? problem.hint : 'correct the file; until then the defaults hold',
  );
}

/** It may well be right: nobody has looked. */
export function checkUnread(name: string, file: string): Check {
  return advice(
    name,
    `${file} was not read: it is a program, and you have not run it here as it is now`,
    'styxy config trust, or STYXY_TRUST=1 in CI',
  );
}
