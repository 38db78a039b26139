export { acquirePort } from './api/acquire-port.ts';
export { defineConfig } from './api/define-config.ts';
export { withPort } from './api/with-port.ts';
export { StyxyError } from './base/styxy-error.ts';
export type { PortLease, PortOptions, ServiceConfig, ServiceTypeConfig, StyxyConfig } from './api/types.ts';
