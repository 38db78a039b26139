/**
 * The ports of one range in the order in which they should be handed out again: first those that nobody ever had,
 * lowest first; then those given back, longest ago first. A port that was just released may still have connections
 * in TIME_WAIT, so the youngest comes last. Every step is O(1), however many leases live.
 */
export interface PortPool {
  fresh(): Generator<number>;
  returned(): Generator<number>;
  take(port: number): void;
  giveBack(port: number): void;
}

export function createPortPool([first, last]: readonly [number, number]): PortPool {
  const touched = new Uint8Array(last - first + 1);
  const available = new Set<number>();
  let firstFresh = first;

  return {
    *fresh() {
      while (firstFresh <= last && touched[firstFresh - first]) firstFresh += 1;
      for (let port = firstFresh; port <= last; port++) if (!touched[port - first]) yield port;
    },
    *returned() {
      yield* available;
    },
    take(port) {
      if (port < first || port > last) return;
      touched[port - first] = 1;
      available.delete(port);
    },
    giveBack(port) {
      if (port < first || port > last) return;
      touched[port - first] = 1;
      available.delete(port);
      available.add(port);
    },
  };
}
