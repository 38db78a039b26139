/** Where a setting can be written, the later one winning over those before it. */
export type LayerName = 'built-in' | 'user' | 'project' | 'environment' | 'flag';

/** Who set a value: the layer, and its file, variable or option. */
export interface Origin {
  layer: LayerName;
  source: string | null;
}

export interface Layer extends Origin {
  values: Record<string, unknown>;
}

export interface Merged {
  values: Record<string, unknown>;
  /** By the path of each value that is no object: `recovery.port_conflict.max_retries`. */
  origins: Record<string, Origin>;
}

/** Lays one layer over the other, key by key. Lists and single values replace what was there; undefined does not. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const origins = new Map<string, Origin>();
  let values: Record<string, unknown> = {};
  for (const { layer, source, values: upper } of layers) {
    values = lay(upper, values, '', {
      forget(path) {
        for (const known of origins.keys()) {
          if (known === path || known.startsWith(`${path}.`)) origins.delete(known);
        }
      },
      set: (path) => void origins.set(path, { layer, source }),
    });
  }
  return { values, origins: Object.fromEntries(origins) };
}

function lay(
  upper: Record<string, unknown>,
  lower: Record<string, unknown>,
  prefix: string,
  origins: { forget(path: string): void; set(path: string): void },
): Record<string, unknown> {
  const merged = new Map(Object.entries(lower));
  for (const [key, value] of Object.entries(upper)) {
    if (value === undefined) continue;
    const path = `${prefix}${key}`;
    if (isSection(value)) {
      const below = merged.get(key);
      if (!isSection(below)) origins.forget(path);
      merged.set(key, lay(value, isSection(below) ? below : {}, `${path}.`, origins));
    } else {
      merged.set(key, value);
      origins.forget(path);
      origins.set(path);
    }
  }
  // Not by assignment: a key may be called __proto__.
  return Object.fromEntries(merged);
}

export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
