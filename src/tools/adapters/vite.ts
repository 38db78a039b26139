import type { Adapter } from '../adapter.ts';

/** Vite moves to the next port in silence unless it is told to be strict. It never reads PORT. */
export const vite: Adapter = {
  name: 'vite',
  serviceType: 'dev',
  programs: ['vite'],
  subcommands: ['dev', 'serve', 'preview'],
  bare: true,
  port: { kind: 'flag', names: ['--port'] },
  strict: ['--strictPort', '--strict-port', '--no-strictPort', '--no-strict-port'],
  values: [
    '--port',
    '--host',
    '--open',
    '-c',
    '--config',
    '--configLoader',
    '--base',
    '-l',
    '--logLevel',
    '-m',
    '--mode',
    '-d',
    '--debug',
    '-f',
    '--filter',
    '--outDir',
  ],
};
