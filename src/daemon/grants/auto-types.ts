import { nearestName } from '../../base/nearest-name.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import {
  largestRoom,
  patternFor,
  placeRange,
  similarTypes,
  type Obstacles,
  type RangeWish,
} from '../../domain/placement.ts';
import type { PortRange } from '../../domain/placement.ts';
import type { Catalog, ServiceType } from '../../domain/service-type.ts';
import { typoOf } from '../../domain/typo.ts';
import type { UserSettings } from '../../settings/resolve.ts';
import type { UserConfig } from '../../settings/schema.ts';

/** Ports that no range may contain, whatever the configuration says. */
export interface FixedPorts {
  readonly reserved: ReadonlySet<number>;
  readonly ephemeral: PortRange;
}

/** A type that is not there yet. */
export interface PlannedType {
  readonly type: ServiceType;
  readonly rule: string | undefined;
  readonly placement: RangeWish['placement'];
}

/** Keys of every object, which no configuration can name. */
const NO_NAMES = new Set(['constructor', 'prototype']);

/**
 * The type that an unknown name would become.
 * @param force the name is meant as it is, however near it is to a known one
 * @throws StyxyError UNKNOWN_TYPE when it must not become one, RANGE_FULL when there is no room
 */
export function planType(
  name: string,
  force: boolean,
  { settings, catalog }: Pick<UserSettings, 'settings' | 'catalog'>,
  fixed: FixedPorts,
): PlannedType {
  const refusal = refusalOfName(name, force, settings, catalog);
  if (refusal) throw refusal;
  const beside = similarTypes(name, catalog.types.keys()).flatMap((each) => {
    const type = catalog.types.get(each);
    return type ? [type.range] : [];
  });
  const wish = { ...wishFor(name, settings), beside };
  const obstacles = obstaclesIn(catalog, fixed);
  const range = placeRange(wish, obstacles);
  if (!range) throw noRoom(name, wish, largestRoom(wish, obstacles), fixed);
  return { type: madeType(name, range), rule: ruleOf(name, settings), placement: wish.placement };
}

/** What a type is that is made for a request. */
export const madeType = (name: string, range: PortRange): ServiceType => ({
  name,
  range,
  preferred: [],
  behavior: 'multi',
  description: '',
});

export function ruleOf(name: string, { auto_allocation_rules: rules }: UserConfig): string | undefined {
  return patternFor(Object.keys(rules), name);
}

/** The settings for a name: those of the rule that fits it, and the general ones for what the rule leaves open. */
export function wishFor(name: string, config: UserConfig): RangeWish {
  const { auto_allocation: general, auto_allocation_rules: rules } = config;
  const pattern = ruleOf(name, config);
  const rule = pattern === undefined ? undefined : rules[pattern];
  return {
    size: rule?.chunk_size ?? general.default_chunk_size,
    placement: rule?.placement ?? general.placement,
    start: rule?.preferred_range_start,
    gap: general.preserve_gaps ? general.gap_size : 0,
    min: general.min_port,
    max: general.max_port,
  };
}

/** @param own the type whose range is to be changed, which is not in its own way */
export function obstaclesIn(
  { types }: Catalog,
  { reserved, ephemeral }: FixedPorts,
  own?: string,
): Obstacles {
  return {
    types: [...types.values()].flatMap(({ name, range }) => (name === own ? [] : [range])),
    blocked: [ephemeral, ...[...reserved].map((port): PortRange => [port, port])],
  };
}

export function isAutoAllocated(name: string, { service_types: types }: UserConfig): boolean {
  return Object.hasOwn(types, name) && types[name]?.auto_allocated === true;
}

function refusalOfName(
  name: string,
  force: boolean,
  config: UserConfig,
  { types }: Catalog,
): StyxyError | undefined {
  const known = [...types.keys()];
  const refuse = (why: string, hint: string): StyxyError =>
    new StyxyError('UNKNOWN_TYPE', `there is no service type "${name}"`, {
      why,
      hint,
      details: { service_type: name, known },
    });
  const isMade = (type: string): boolean => isAutoAllocated(type, config);
  const meant = typoOf(
    name,
    known.filter((type) => !isMade(type)),
    known.filter(isMade),
  );
  if (meant !== undefined && !force) {
    return refuse(
      'it looks like a typo; --force makes it a new type all the same',
      `did you mean "${meant}"?`,
    );
  }
  if (NO_NAMES.has(name)) return refuse('no service type can have this name', 'choose another name');
  if (config.auto_allocation.enabled) return undefined;
  const near = nearestName(name, known);
  return refuse(
    `known types are ${known.join(', ')}, and auto-allocation for others is off`,
    near === undefined
      ? 'use a known type, or switch it on: styxy config auto-allocation enable'
      : `did you mean "${near}"?`,
  );
}

function noRoom(name: string, wish: RangeWish, largest: number, { ephemeral }: FixedPorts): StyxyError {
  const { size, min, max, gap } = wish;
  const gaps = gap > 0 ? ` with ${gap} ports free on both sides` : '';
  return new StyxyError('RANGE_FULL', `no room for the ${size} ports of the new service type "${name}"`, {
    why:
      `the largest room in ${min}-${max}${gaps} has ${largest} ports, ` +
      `and ${ephemeral.join('-')} belong to the system`,
    hint:
      'in config.json lower auto_allocation.default_chunk_size or gap_size, or raise max_port; ' +
      'styxy config auto-allocation list shows the types that could be undone',
    details: { service_type: name, size, min_port: min, max_port: max, largest_room: largest },
  });
}
