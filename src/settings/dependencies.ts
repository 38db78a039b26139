import { nearestName } from '../base/nearest-name.ts';
import { problem, type ConfigProblem } from './problem.ts';

type Services = Readonly<Record<string, { depends_on?: readonly string[] | undefined }>>;

/** Dependencies on services that are not there, and services that wait for each other. */
export function dependencyProblems(services: Services, file: string): ConfigProblem[] {
  const unknown = Object.entries(services).flatMap(([name, { depends_on: needs = [] }]) =>
    needs.flatMap((need, at) =>
      Object.hasOwn(services, need) ? [] : [unknownService(`services.${name}.depends_on.${at}`, need)],
    ),
  );
  if (unknown.length > 0) return unknown;
  const circle = findCircle(services);
  return circle ? [circleProblem(circle)] : [];

  function unknownService(path: string, need: string): ConfigProblem {
    const names = Object.keys(services);
    const near = nearestName(need, names) ?? null;
    const hint = near ? `; did you mean "${near}"?` : `: there are ${names.join(', ')}`;
    return {
      ...problem(file, path, need, `one of ${names.join(', ')}`),
      did_you_mean: near,
      message: `"${path}" is ${JSON.stringify(need)}, which is no service${hint}`,
    };
  }

  function circleProblem(circle: readonly string[]): ConfigProblem {
    const [first = ''] = circle;
    const path = `services.${first}.depends_on`;
    const way = circle.join(' -> ');
    return {
      ...problem(file, path, services[first]?.depends_on, 'services that can start one after the other'),
      message: `"${path}" goes round in a circle: ${way}`,
    };
  }
}

/** Services that wait for each other, the first one again at the end. */
function findCircle(services: Services): string[] | undefined {
  const done = new Set<string>();
  for (const name of Object.keys(services)) {
    const circle = circleFrom(name, [], services, done);
    if (circle) return circle;
  }
  return undefined;
}

function circleFrom(
  name: string,
  way: readonly string[],
  services: Services,
  done: Set<string>,
): string[] | undefined {
  const at = way.indexOf(name);
  if (at >= 0) return [...way.slice(at), name];
  if (done.has(name)) return undefined;
  for (const need of services[name]?.depends_on ?? []) {
    const circle = circleFrom(need, [...way, name], services, done);
    if (circle) return circle;
  }
  done.add(name);
  return undefined;
}
