/** A session (an agent, a terminal, a checkout) that owns leases. Times are milliseconds since the epoch. */
export interface Instance {
  readonly id: string;
  readonly directory: string | undefined;
  /** With it the instance lives as long as the process; without, as long as it gives signs of life. */
  readonly process: { readonly pid: number; readonly startTime: string } | undefined;
  readonly registeredAt: number;
  readonly lastHeartbeat: number;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

export interface InstanceTable {
  readonly size: number;
  get(id: string): Instance | undefined;
  all(): IterableIterator<Instance>;
  put(instance: Instance): void;
  remove(id: string): Instance | undefined;
}

export function createInstanceTable(known: Iterable<Instance> = []): InstanceTable {
  const byId = new Map<string, Instance>();
  for (const instance of known) byId.set(instance.id, instance);
  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    all: () => byId.values(),
    put: (instance) => void byId.set(instance.id, instance),
    remove(id) {
      const instance = byId.get(id);
      byId.delete(id);
      return instance;
    },
  };
}
