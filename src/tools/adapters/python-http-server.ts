import type { Adapter } from '../adapter.ts';

/** Its port is an argument, which may stand before or after the options; 8000 when there is none. */
export const pythonHttpServer: Adapter = {
  name: 'python-http-server',
  serviceType: 'dev',
  programs: ['python -m http.server'],
  port: { kind: 'positional' },
  flags: ['-h', '--help', '--cgi'],
  values: [
    '-b',
    '--bind',
    '-d',
    '--directory',
    '-p',
    '--protocol',
    '--tls-cert',
    '--tls-key',
    '--tls-password-file',
  ],
};
