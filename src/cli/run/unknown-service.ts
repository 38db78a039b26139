import { nearestName } from '../../base/nearest-name.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { nearestPackage } from '../../run/plan/scripts/read-package.ts';
import type { CallPlace } from '../../run/plan/target.ts';
import { shortPath } from '../print/listeners.ts';

/**
 * `styxy run wbe`, where "wbe" is no program: a service was meant, or a package script.
 * @returns the error, with what else was looked for
 * @throws StyxyError BAD_CONFIG when a package.json with mistakes may be why it was not found
 */
export async function explainUnknown(
  error: unknown,
  words: readonly string[],
  { cwd, project, top }: CallPlace,
): Promise<unknown> {
  const [name, ...more] = words;
  if (more.length > 0 || !(error instanceof StyxyError)) return error;
  if (error.code === 'COMMAND_NOT_FOUND' || (name === undefined && error.code === 'USAGE'))
    (await import('../../project/package-file.ts')).requireSoundPackage(cwd, top);
  if (name === undefined) return error;
  if (error.code !== 'COMMAND_NOT_FOUND') return error;
  const services = Object.keys(project?.config.services ?? {});
  if (services.includes(name)) return error;
  const scripts = Object.keys(nearestPackage(cwd, top)?.scripts ?? {});
  const meant = nearestName(name, [...services, ...scripts]);
  const known = [
    ...(project && services.length > 0
      ? [`the services of ${shortPath(project.file)} are ${services.join(', ')}`]
      : []),
    ...(scripts.length > 0 ? [`the scripts of the package are ${scripts.join(', ')}`] : []),
  ];
  return new StyxyError('COMMAND_NOT_FOUND', `"${name}" is no service, no package script and no command`, {
    why: known.join('; ') || 'this project configures no services, and has no package scripts',
    ...(meant !== undefined && { hint: `did you mean ${meant}? styxy run ${meant}` }),
    cause: error,
  });
}
