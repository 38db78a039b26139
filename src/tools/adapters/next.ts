import type { Adapter } from '../adapter.ts';

/** Next moves only from its default 3000: a port it is given, by -p or PORT, is strict. -p wins over PORT. */
export const next: Adapter = {
  name: 'next',
  serviceType: 'dev',
  programs: ['next'],
  subcommands: ['dev', 'start'],
  bare: true,
  port: { kind: 'flag', names: ['--port', '-p'] },
  reads: ['PORT'],
  values: [
    '--port',
    '-p',
    '--hostname',
    '-H',
    '--keepAliveTimeout',
    '--experimental-https-key',
    '--experimental-https-cert',
    '--experimental-https-ca',
    '--experimental-upload-trace',
  ],
};
