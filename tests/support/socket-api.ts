import { Agent, request } from 'node:http';
import type { AllocateAnswer } from '../../src/protocol/answers/lease.ts';
import type { AllocateBody } from '../../src/protocol/requests/allocate.ts';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import type { CheckAnswer, ListAnswer } from '../../src/protocol/answers/ports.ts';
import type { LogAnswer, StatusAnswer } from '../../src/protocol/answers/status.ts';

/** The daemon said no. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}: ${message}`);
    this.status = status;
    this.code = code;
  }
}

/**
 * The daemon's HTTP API over its Unix socket, without the CLI in between: some 200 us for an answer.
 * Every method rejects with the system's error when there is no daemon, and with `Refused` when it says no.
 */
export interface SocketApi {
  allocate(body: Partial<AllocateBody>): Promise<AllocateAnswer>;
  release(lockId: string): Promise<Allocation>;
  stop(lockId: string): Promise<Allocation>;
  restart(lockId: string): Promise<Allocation>;
  list(): Promise<ListAnswer>;
  check(port: number): Promise<CheckAnswer>;
  status(): Promise<StatusAnswer>;
  log(lockId: string): Promise<LogAnswer>;
  /** Ends its connections. */
  close(): void;
}

export function socketApi(socketPath: () => string): SocketApi {
  const agent = new Agent({ keepAlive: true });

  function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const payload = body && JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: socketPath(), agent, method, path });
      asked.setHeader('host', 'localhost');
      if (payload !== undefined) asked.setHeader('content-type', 'application/json');
      asked.once('error', (error: NodeJS.ErrnoException) => {
        // The daemon closes a connection of which nothing is heard, perhaps in the moment in which it is used again.
        if (asked.reusedSocket && error.code === 'EPIPE') resolve(ask(method, path, body));
        else reject(error);
      });
      asked.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('close', () => {
          if (!response.complete) return reject(new Error('the daemon ended while answering'));
          const answer: { error?: { code: string; message: string } } = JSON.parse(text);
          if (response.statusCode === 200) return resolve(answer as Answer);
          const { code = '?', message = text } = answer.error ?? {};
          return reject(new Refused(response.statusCode ?? 0, code, message));
        });
      });
      asked.end(payload);
    });
  }

  return {
    allocate: (body) => ask('POST', '/allocate', { service_type: 'dev', ...body }),
    release: (lockId) => ask('DELETE', `/allocate/${lockId}`),
    stop: (lockId) => ask('POST', `/allocate/${lockId}/stop`),
    restart: (lockId) => ask('POST', `/allocate/${lockId}/restart`),
    list: () => ask('GET', '/allocations'),
    check: (port) => ask('GET', `/check/${port}`),
    status: () => ask('GET', '/status'),
    log: (lockId) => ask('GET', `/log/${lockId}`),
    close: () => agent.destroy(),
  };
}
