import { nearestName } from '../base/nearest-name.ts';
import { StyxyError } from '../base/styxy-error.ts';

/** A named class of service: where its ports lie and how many of it may run. */
export interface ServiceType {
  readonly name: string;
  /** First and last port, both included. */
  readonly range: readonly [first: number, last: number];
  /** Tried in this order before the rest of the range. */
  readonly preferred: readonly number[];
  readonly behavior: 'multi' | 'single';
  readonly description: string;
  /** One for the whole machine (the default), or one for each project. */
  readonly singletonScope?: 'machine' | 'project' | undefined;
}

/** Of a service of this type the whole machine has one, whatever project asks for it. */
export function isOfMachine({
  behavior,
  singletonScope,
}: Pick<ServiceType, 'behavior' | 'singletonScope'>): boolean {
  return behavior === 'single' && singletonScope !== 'project';
}

/** All known service types; their ranges never overlap. */
export interface Catalog {
  readonly types: ReadonlyMap<string, ServiceType>;
  /** The type in whose range the port lies. */
  typeOfPort(port: number): ServiceType | undefined;
}

/** @throws StyxyError BAD_CONFIG when two ranges overlap, naming both. */
export function createCatalog(types: Iterable<ServiceType>): Catalog {
  const byName = new Map<string, ServiceType>();
  for (const type of types) byName.set(type.name, type);
  const inOrder = [...byName.values()].toSorted((a, b) => a.range[0] - b.range[0]);
  for (const [index, type] of inOrder.entries()) {
    const previous = inOrder[index - 1];
    if (previous && previous.range[1] >= type.range[0]) throw overlap(previous, type);
  }
  return {
    types: byName,
    typeOfPort: (port) => inOrder.find(({ range }) => port >= range[0] && port <= range[1]),
  };
}

/** A catalog that can be replaced while others hold it. */
export function createSwitchableCatalog(first: Catalog): Catalog & { switchTo(next: Catalog): void } {
  let current = first;
  return {
    get types() {
      return current.types;
    },
    typeOfPort: (port) => current.typeOfPort(port),
    switchTo: (next) => void (current = next),
  };
}

function overlap(a: ServiceType, b: ServiceType): StyxyError {
  const show = ({ name, range }: ServiceType): string => `"${name}" (${range[0]}-${range[1]})`;
  return new StyxyError('BAD_CONFIG', `service types ${show(a)} and ${show(b)} overlap`, {
    why: 'one port would belong to two types',
    hint: 'move one of the two ranges',
  });
}

/**
 * The type of that name.
 * @throws StyxyError UNKNOWN_TYPE, with the nearest known name.
 */
export function requireType(catalog: Catalog, name: string): ServiceType {
  const type = catalog.types.get(name);
  if (type) return type;
  const known = [...catalog.types.keys()];
  const near = nearestName(name, known);
  throw new StyxyError('UNKNOWN_TYPE', `there is no service type "${name}"`, {
    why: `known types are ${known.join(', ')}`,
    hint: near ? `did you mean "${near}"?` : undefined,
    details: { service_type: name, known },
  });
}

/** The type to use when `name` is only a default: a wished port that lies in some type's range decides. */
export function typeForWish(catalog: Catalog, name: string, wish: number | undefined): string {
  return (wish === undefined ? undefined : catalog.typeOfPort(wish)?.name) ?? name;
}
