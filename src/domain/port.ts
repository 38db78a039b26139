/** Below this a port needs privileges on most systems, and is somebody's well-known service. */
export const FIRST_UNPRIVILEGED_PORT = 1024;

/**
 * Ports that browsers refuse to open, within what we could ever grant (WHATWG Fetch, "bad port").
 * A web server there would look dead to its user.
 */
export const browserRefusedPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10_080,
]);

export function browsersRefuse(port: number): boolean {
  return browserRefusedPorts.has(port);
}
