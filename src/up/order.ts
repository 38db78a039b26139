interface Node {
  readonly name: string;
  readonly needs: readonly string[];
}

/** These services and all that they need, each behind what it needs; otherwise in the order in which they are given. */
export function inOrder<Service extends Node>(
  services: readonly Service[],
  names: readonly string[],
): Service[] {
  const byName = new Map(services.map((each) => [each.name, each]));
  const ordered = new Set<Service>();
  const add = (name: string, way: readonly string[]): void => {
    const service = byName.get(name);
    if (!service || ordered.has(service) || way.includes(name)) return;
    for (const need of service.needs) add(need, [...way, name]);
    ordered.add(service);
  };
  for (const { name } of services) if (names.includes(name)) add(name, []);
  return [...ordered];
}

/** Those of these services that need this one. */
function dependents<Service extends Node>(services: readonly Service[], name: string): Service[] {
  return services.filter(({ needs }) => needs.includes(name));
}

/** Ends each of these services when those that need it have ended. */
export async function endInReverse<Service extends Node>(
  services: readonly Service[],
  end: (service: Service) => Promise<void>,
): Promise<void> {
  const ends = new Map<Service, Promise<void>>();
  const endOne = (service: Service): Promise<void> => {
    const known = ends.get(service);
    if (known) return known;
    const ending = Promise.all(dependents(services, service.name).map(endOne)).then(() => end(service));
    ends.set(service, ending);
    return ending;
  };
  await Promise.all(services.map(endOne));
}
