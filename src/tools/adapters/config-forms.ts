import type { ConfigForm } from './tool.ts';

const ENDINGS = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'];

/** `<name>.config.ts` and the like, with the port in an object: `server: { port: 3000 }`. */
export function scriptConfig(name: string, object: string, options: readonly string[] = []): ConfigForm {
  return {
    files: ENDINGS.map((ending) => `${name}.${ending}`),
    options,
    port: new RegExp(String.raw`\b${object}\s*:\s*\{(?:[^{}]|\{[^{}]*\})*?\bport\s*:\s*(?<value>[^,}\n]+)`),
  };
}

export const viteConfig = (object: string): ConfigForm =>
  scriptConfig('vite.config', object, ['-c', '--config']);
