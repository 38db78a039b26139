import { join } from 'node:path';
import { changedScripts } from '../../init/plan.ts';
import { LAUNCHER } from '../../init/unwrap.ts';
import { namesIn } from '../../system/files/names-in.ts';
import { idOf } from './print.ts';
import type { Work } from './work.ts';

/** Files that say how something is built that has only a part of the project in it. */
const IMAGES = /^(Dockerfile|Containerfile)(\..*)?$|\.Dockerfile$/i;
/** What an image runs. */
const HOSTED = /^(start|serve|preview|prod|production)\b/;

/** What the user should look at himself; undefined when there is nothing. */
export function imageAdvice({ root, plan, files }: Work): string | undefined {
  const hosted = changedScripts(plan).filter(({ name }) => HOSTED.test(name));
  const [first] = hosted;
  if (first === undefined || !files.some(({ file }) => file === LAUNCHER)) return undefined;
  const folders = [...new Set(['.', ...hosted.map(({ dir }) => dir)])];
  const image = folders
    .flatMap((dir) => namesIn(join(root, dir)).map((name) => join(dir, name)))
    .find((path) => IMAGES.test(path.split(/[\\/]/).at(-1)!));
  if (image === undefined) return undefined;
  return `an image of ${image} that runs "${first.name}" has to hold ${LAUNCHER} too; or leave it out: --except ${hosted.map(idOf).join(',')}`;
}
