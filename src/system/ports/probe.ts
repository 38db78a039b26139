import { connect, createServer } from 'node:net';
import { systemCode } from '../../base/styxy-error.ts';

/** A bind fails like this when the kernel has no such address family (IPv6 switched off, usually). */
const NO_SUCH_FAMILY = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);
/** EACCES: a port below 1024, or one that Windows reserves without any listener to see. */
const TAKEN = new Set(['EADDRINUSE', 'EACCES']);
const NOBODY_THERE = new Set([
  'ECONNREFUSED',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);
/** Milliseconds until a loopback connect counts as answered: only a listener with a full backlog is so slow. */
const CONNECT_MS = 500;

type Bind = 'free' | 'taken' | 'no such family';

/**
 * Whether a server could bind this TCP port now, on any address, whatever program holds it.
 * Never ask for a port that a child is about to bind: the probe holds it for some 30 microseconds, and the child's
 * bind fails if it falls into them. On Linux the answer takes no turn of the event loop: between hundreds of probes,
 * let it have one.
 * @throws the system's error when there is no answer (EMFILE, EPERM...), RangeError when it is no port.
 */
export async function isPortFree(port: number, platform = process.platform): Promise<boolean> {
  return platform === 'linux' ? isWildcardFree(port) : isLoopbackFree(port);
}

/**
 * Linux: a dual-stack bind of `::` conflicts with a listener on every address; no other single bind does. It is what Node
 * does where no host is named, with 0.0.0.0 in its place when there is no IPv6.
 */
async function isWildcardFree(port: number): Promise<boolean> {
  return (await tryBind(port)) === 'free';
}

/**
 * macOS lets a wildcard and a specific address share a port, so nothing less than both binds and both connects
 * sees a holder. A wildcard bind would add nothing, and makes the Windows firewall ask the user.
 */
async function isLoopbackFree(port: number): Promise<boolean> {
  return (
    (await tryBind(port, '127.0.0.1')) !== 'taken' &&
    (await tryBind(port, '::1')) !== 'taken' &&
    !(await isAnswered(port, '127.0.0.1')) &&
    !(await isAnswered(port, '::1'))
  );
}

function tryBind(port: number, host?: string): Promise<Bind> {
  return new Promise((resolve, reject) => {
    // `exclusive`: a cluster worker would otherwise ask its primary process, which may share the port.
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error) => {
      const code = systemCode(error) ?? '';
      if (TAKEN.has(code)) resolve('taken');
      else if (NO_SUCH_FAMILY.has(code)) resolve('no such family');
      else reject(error);
    });
    const free = (): void => {
      server.close();
      resolve('free');
    };
    server.listen({ port, exclusive: true, ...(host !== undefined && { host }) }, free);
    // Without a name to look up, it is bound when this returns.
    if (server.listening) free();
  });
}

function isAnswered(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, timeout: CONNECT_MS });
    const answer = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(true));
    socket.on('error', (error) => {
      const code = systemCode(error) ?? '';
      if (NOBODY_THERE.has(code)) answer(false);
      else if (code === 'ECONNRESET' || code === 'ETIMEDOUT') answer(true);
      else reject(error);
    });
  });
}
