/** Everything that happens to leases, ports and the daemon: for `GET /events` and for the audit log. */
export const EVENTS = {
  granted: 'a port was leased',
  taken_up: 'a known lease was given to its asker again',
  released: 'a lease ended',
  bound: "a process of the lease's holder listens on the lease's port",
  drifted: "a process of the lease's holder listens on another port than its lease",
  orphaned: 'the holder is gone and the port is still in use',
  conflict: 'a port that was to be leased is held by a program outside Styxy',
  external: 'a program that did not go through Styxy listens on a managed port',
  outsider: 'a program outside Styxy listens on the port of a lease as well',
  refused: 'a request for a port was refused',
  instance_registered: 'an instance was registered',
  instance_ended: 'an instance was removed or went silent',
  type_added: 'an unknown service type got a range of its own',
  type_removed: 'the range of an added service type was given up',
  config_changed: 'an edit of the configuration is in force',
  config_refused: 'an edit of the configuration is not valid and not in force',
  daemon_started: 'the daemon started',
  daemon_stopping: 'the daemon ends',
} as const satisfies Record<string, string>;
export type EventName = keyof typeof EVENTS;
