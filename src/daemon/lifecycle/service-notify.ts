import type { ServiceNotifier } from '../../system/service-manager/notify.ts';

/**
 * Signs of life for the service manager: they stop as soon as the event loop hangs, and the manager then replaces
 * this process. The next one finds every lease in the journal, and wrappers come back to it.
 */
export function keepTelling(notifier: ServiceNotifier): { close(): void } {
  notifier.tell('READY=1');
  const pulse =
    notifier.pulseMs > 0
      ? setInterval(() => notifier.tell('WATCHDOG=1'), notifier.pulseMs).unref()
      : undefined;
  return {
    close() {
      clearInterval(pulse);
      notifier.tell('STOPPING=1');
    },
  };
}
