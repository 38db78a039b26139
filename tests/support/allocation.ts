import type { Allocation } from '../../src/protocol/answers/allocation.ts';

/** A service that listens, as the daemon tells of it at noon of the first of January 2030. */
export const allocation = (fields: Partial<Allocation> = {}): Allocation => ({
  port: 3000,
  lock_id: `id-${fields.port ?? 3000}`,
  service_type: 'dev',
  service_name: 'web',
  state: 'bound',
  project_path: '/home/me/shop',
  instance_id: null,
  holder: { kind: 'connection', pid: 7 },
  process_id: 8,
  command: 'vite',
  branch: 'main',
  allocated_at: '2030-01-01T11:55:00Z',
  listeners: [],
  actual_ports: [3000],
  url: 'http://localhost:3000',
  name_url: null,
  ...fields,
});
