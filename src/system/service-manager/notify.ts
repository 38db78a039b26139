import { spawn } from 'node:child_process';

/** What systemd wants to hear from a service with a watchdog, sd_notify(3). */
export interface ServiceNotifier {
  /** ms between two signs of life; 0: none are asked for. */
  pulseMs: number;
  tell(word: 'READY=1' | 'WATCHDOG=1' | 'STOPPING=1'): void;
}

/**
 * Speaks to the service manager that started us, if it listens. Node has no datagram sockets for Unix paths, so
 * `systemd-notify` says it for us: one short process for each word.
 */
export function serviceNotifier(env: NodeJS.ProcessEnv): ServiceNotifier | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: period, WATCHDOG_PID: forPid } = env;
  if (!socket) return undefined;
  const isOurs = forPid === undefined || forPid === String(process.pid);
  return {
    // Twice in each period, as sd_watchdog_enabled(3) advises.
    pulseMs: isOurs && period ? Math.floor(Number(period) / 1000 / 2) || 0 : 0,
    tell(word) {
      const child = spawn('systemd-notify', [word], {
        env: { ...env, NOTIFY_SOCKET: socket },
        stdio: 'ignore',
      });
      child.on('error', () => undefined);
      child.unref();
    },
  };
}
