import type { StyxyConfig } from './types.ts';

/** Types the configuration of a project: `export default defineConfig({ services: { web: { type: 'dev' } } })`. */
export function defineConfig(config: StyxyConfig): StyxyConfig {
  return config;
}
