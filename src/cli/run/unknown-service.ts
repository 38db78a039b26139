import { StyxyError } from '../../base/styxy-error.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import { readPackage } from '../../run/plan/read-package.ts';
import { shortPath } from '../print/listeners.ts';

/**
 * `styxy run dev`, where "dev" is no program: a service was meant, or a package script.
 * @returns the error, with what else was looked for
 */
export function explainUnknown(
  error: unknown,
  words: readonly string[],
  { cwd, project }: { cwd: string; project: LoadedProject | undefined },
): unknown {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0) return error;
  if (!(error instanceof StyxyError && error.code === 'COMMAND_NOT_FOUND')) return error;
  const services = Object.keys(project?.config.services ?? {});
  if (services.includes(name)) return error;
  const isScript = Object.hasOwn(readPackage(cwd, '.')?.scripts ?? {}, name);
  return new StyxyError('COMMAND_NOT_FOUND', `"${name}" is no service and no command`, {
    why:
      project && services.length > 0
        ? `the services of ${shortPath(project.file)} are ${services.join(', ')}`
        : 'this project configures no services',
    ...(isScript && { hint: `styxy run -- npm run ${name} runs the package script of that name` }),
    cause: error,
  });
}
