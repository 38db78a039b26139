import builtIn from '../../config/service-types.json' with { type: 'json' };
import { StyxyError } from '../base/styxy-error.ts';
import {
  createCatalog,
  requireType,
  typeForWish,
  type Catalog,
  type ServiceType,
} from '../domain/service-type.ts';
import { typoOf } from '../domain/typo.ts';
import type { ServiceTypeConfig } from './schema.ts';

/**
 * The built-in service types with a user's own laid over them, key by key.
 * @throws StyxyError BAD_CONFIG when a type has no range, prefers ports outside of it, or overlaps another
 */
export function resolveCatalog(own: Record<string, ServiceTypeConfig> = {}): Catalog {
  const base: Record<string, ServiceTypeConfig> = builtIn as unknown as typeof own;
  const names = new Set([...Object.keys(base), ...Object.keys(own)]);
  return createCatalog([...names].map((name) => resolveType(name, base[name] ?? {}, own[name] ?? {})));
}

/** Where the types lie that only a daemon could know: those of the user's configuration. */
const RANGE_OF_OTHERS = [10_000, 32_767] as const;

/**
 * For those who have no daemon to ask: the built-in type of that name, or the one in whose range the wished port lies.
 * Any other name gets a range wide enough to find something.
 * @throws StyxyError UNKNOWN_TYPE when the name looks like a typo
 */
export function builtInTypeFor(name: string, wish: number | undefined): ServiceType {
  const catalog = resolveCatalog();
  const wanted = typeForWish(catalog, name, wish);
  const isTypo = typoOf(wanted, [...catalog.types.keys()], []) !== undefined;
  if (catalog.types.has(wanted) || isTypo) return requireType(catalog, wanted);
  return { name: wanted, range: RANGE_OF_OTHERS, preferred: [], behavior: 'multi', description: '' };
}

function resolveType(name: string, base: ServiceTypeConfig, own: ServiceTypeConfig): ServiceType {
  const range = own.port_range ?? base.port_range;
  if (!range) throw wrong(name, 'it has no port_range', 'add "port_range": [first, last]');
  const isInside = (port: number): boolean => port >= range[0] && port <= range[1];
  const outside = own.preferred_ports?.find((port) => !isInside(port));
  if (outside !== undefined) {
    throw wrong(
      name,
      `it prefers ${outside}, outside its range ${range.join('-')}`,
      'prefer ports of its range',
    );
  }
  return {
    name,
    range,
    preferred: own.preferred_ports ?? (base.preferred_ports ?? []).filter(isInside),
    behavior: own.instance_behavior ?? base.instance_behavior ?? 'multi',
    description: own.description ?? base.description ?? '',
    singletonScope: own.singleton_scope ?? base.singleton_scope,
  };
}

function wrong(name: string, why: string, hint: string): StyxyError {
  return new StyxyError('BAD_CONFIG', `service type "${name}" can't be used`, { why, hint });
}
