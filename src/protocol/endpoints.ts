/** Every route of the daemon, once: the server mounts them, the client calls them, the reference page lists them. */
export const ENDPOINTS = {
  allocate: { method: 'POST', path: '/allocate', summary: 'lease a port' },
  release: { method: 'DELETE', path: '/allocate/:lockId', summary: 'end a lease' },
  attach: { method: 'PATCH', path: '/allocate/:lockId', summary: 'say which process runs with the port' },
  stop: {
    method: 'POST',
    path: '/allocate/:lockId/stop',
    summary: 'end what the run of a lease has started, and so its leases',
  },
  restart: {
    method: 'POST',
    path: '/allocate/:lockId/restart',
    summary: 'end what the run of a lease has started and start it again, on the same ports',
  },
  list: { method: 'GET', path: '/allocations', summary: 'all live leases, and listeners that bypass them' },
  check: { method: 'GET', path: '/check/:port', summary: 'is this port free, and if not, who holds it' },
  suggest: { method: 'GET', path: '/suggest/:serviceType', summary: 'ports that are free now' },
  scan: {
    method: 'GET',
    path: '/scan',
    summary: 'every port with a lease or a listener, of a range or of all',
  },
  log: {
    method: 'GET',
    path: '/log/:lockId',
    summary: 'what a service in the background has printed',
  },
  usage: {
    method: 'GET',
    path: '/usage',
    summary: 'memory and processor time of what runs with each lease (Linux)',
  },
  doctor: { method: 'GET', path: '/doctor', summary: 'what `styxy doctor` says of this installation' },
  status: { method: 'GET', path: '/status', summary: 'the daemon itself' },
  registerInstance: {
    method: 'POST',
    path: '/instance/register',
    summary: 'make a session (an agent, a terminal, a checkout) known',
  },
  listInstances: { method: 'GET', path: '/instance/list', summary: 'all sessions, each with its leases' },
  heartbeatByBody: {
    method: 'POST',
    path: '/instance/heartbeat',
    summary: 'a session lives; its `instance_id` is in the body',
  },
  heartbeat: { method: 'POST', path: '/instance/:id/heartbeat', summary: 'a session lives' },
  heartbeatByPut: { method: 'PUT', path: '/instance/:id/heartbeat', summary: 'the same' },
  removeInstance: {
    method: 'DELETE',
    path: '/instance/:id',
    summary: 'end a session and the leases that it holds',
  },
  projectPorts: {
    method: 'POST',
    path: '/project/ports',
    summary: "the ports of a project's services, of those too that do not run yet",
  },
  remembered: {
    method: 'GET',
    path: '/remembered',
    summary: 'the services whose ports are kept for them while they do not run',
  },
  forget: {
    method: 'DELETE',
    path: '/remembered',
    summary: 'keep the ports of these services no longer',
  },
  config: {
    method: 'GET',
    path: '/config',
    summary: 'the settings in force, and who set each',
  },
  cleanup: { method: 'POST', path: '/cleanup', summary: 'end leases whose holder is gone' },
  events: { method: 'GET', path: '/events', summary: 'what happens from now on, as server-sent events' },
  metrics: { method: 'GET', path: '/metrics', summary: 'numbers about all of this, for Prometheus' },
  audit: { method: 'GET', path: '/audit', summary: 'what happened, and how often' },
  autoAllocation: {
    method: 'GET',
    path: '/config/auto-allocation',
    summary: 'how unknown service types get ranges, and which have got one',
  },
  setAutoAllocation: {
    method: 'POST',
    path: '/config/auto-allocation',
    summary: 'switch auto-allocation on or off: `{enabled}`',
  },
  undoAutoAllocation: {
    method: 'DELETE',
    path: '/config/auto-allocation/:serviceType',
    summary: 'take the range of an auto-allocated service type back',
  },
  openapi: { method: 'GET', path: '/openapi.json', summary: 'this API, in the words of OpenAPI 3.1' },
} as const satisfies Record<
  string,
  { method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'; path: string; summary: string }
>;

export type EndpointName = keyof typeof ENDPOINTS;

/** The path with its parameters filled in. */
export function pathOf(name: EndpointName, parameters: Record<string, string | number> = {}): string {
  return ENDPOINTS[name].path.replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(String(parameters[key])),
  );
}
