import { expect } from 'vitest';

export const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LOCK_ID = /^[0-9a-z-]{8,64}$/;

/** CONTRACT 4: fields may be added, never removed or renamed. */
export const listenerShape = {
  address: expect.any(String),
  port: expect.any(Number),
  pid: expect.any(Number),
};
export const allocationShape = {
  port: expect.any(Number),
  lock_id: expect.stringMatching(LOCK_ID),
  service_type: expect.any(String),
  service_name: expect.any(String),
  state: expect.stringMatching(/^(granted|bound|drifted|orphaned|released)$/),
  project_path: expect.any(String),
  instance_id: expect.toBeOneOf([expect.any(String), null]),
  holder: { kind: expect.stringMatching(/^(connection|process|instance|ttl)$/) },
  process_id: expect.toBeOneOf([expect.any(Number), null]),
  command: expect.toBeOneOf([expect.any(String), null]),
  branch: expect.any(String),
  allocated_at: expect.stringMatching(ISO),
  listeners: expect.any(Array),
  url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
};
