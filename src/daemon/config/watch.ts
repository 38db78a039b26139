import { existsSync, watch as watchFolder } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { ConfigStore } from './store.ts';
import type { EventBus } from '../ledger/events.ts';

/**
 * How long after the last event the file is read. Editors write in several steps; and chokidar tells no second change
 * within 50 ms, so a read before that could miss the last one.
 */
const PAUSE_MS = 60;
/** A file that is replaced while chokidar still turns to the one before is missed: so it is read once more. */
const RECHECK_MS = 1000;

export interface ConfigWatchParts {
  config: ConfigStore;
  events: EventBus;
  log: Logger;
  /** Told, in words for people, when the system lets us watch nothing. */
  onBlind(notice: string): void;
}

/**
 * Puts each edit of the user's file in force as soon as it is written, and says so. An edit that is not valid is
 * reported and changes nothing.
 * @returns ends it
 */
export function watchConfig(path: string, { config, events, log, onBlind }: ConfigWatchParts): () => void {
  let timer: NodeJS.Timeout | undefined;
  function read(): void {
    const inForce = config.settings();
    const [before] = config.notices();
    if (config.reload()) {
      // What the daemon itself wrote is in force already, and the edit's own event has told of it.
      if (config.settings() === inForce) return;
      log.info('the configuration has changed', { file: path });
      events.emit('config_changed', undefined, { file: path });
      return;
    }
    const [why] = config.notices();
    if (why === before) return;
    log.warn('the configuration is not in force', { file: path, why });
    events.emit('config_refused', undefined, { file: path, why });
  }

  const stop = watchOneFile(path, {
    onEdit() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        read();
        timer = setTimeout(read, RECHECK_MS).unref();
      }, PAUSE_MS);
    },
    onFailure(error) {
      const why = messageOf(error);
      log.warn('the configuration is not watched', { file: path, why });
      onBlind(`edits of ${path} are in force only after styxy daemon restart: ${why}`);
    },
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/**
 * While there is no file its folder is watched; once there is one, the file alone: the journal lies beside it, and each
 * of its records would be an event. Most users have no such file, and don't pay for the watcher of one.
 */
function watchOneFile(
  path: string,
  { onEdit, onFailure }: { onEdit(): void; onFailure(error: unknown): void },
): () => void {
  let stop = (): void => undefined;
  /** Counts the changes of what is watched, so that a watcher that is ready too late knows it. */
  let turn = 0;

  function next(close: () => void): void {
    stop();
    stop = close;
    turn += 1;
  }

  function awaitCreation(): void {
    try {
      const watcher = watchFolder(dirname(path), (_, name) => {
        if (name === null || name === basename(path)) found();
      });
      next(() => watcher.close());
      watcher.on('error', onFailure);
    } catch (error) {
      return onFailure(error);
    }
    // It may have come since somebody looked.
    if (existsSync(path)) found();
  }

  function found(): void {
    onEdit();
    if (existsSync(path)) followFile().catch(onFailure);
  }

  async function followFile(): Promise<void> {
    next(() => undefined);
    const mine = turn;
    const { watch } = await import('chokidar');
    if (mine !== turn) return;
    const watcher = watch(path, { ignoreInitial: true, usePolling: false, atomic: false });
    next(() => void watcher.close());
    const isCurrent = turn;
    watcher.on('error', onFailure);
    watcher.on('all', (event) => {
      if (isCurrent !== turn) return;
      onEdit();
      if (event === 'unlink') awaitCreation();
    });
    // What was written until it began to look.
    watcher.once('ready', onEdit);
  }

  if (existsSync(path)) followFile().catch(onFailure);
  else awaitCreation();
  return () => next(() => undefined);
}
