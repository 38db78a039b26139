import { messageOf, StyxyError } from '../base/styxy-error.ts';
import { createSwitchableCatalog, type Catalog } from '../domain/service-type.ts';
import { parseUserConfig } from '../settings/parse.ts';
import type { UserConfig } from '../settings/schema.ts';
import { resolveCatalog } from '../settings/service-types.ts';
import { readTextIfThere } from '../system/pid-file.ts';

/** The settings in force. They change while the daemon runs, so nobody keeps a copy. */
export interface ConfigStore {
  settings(): UserConfig;
  /** Whether the user's file sets the value at this path (`auto_allocation.enabled`), or something below it. */
  isWritten(path: string): boolean;
  /** All service types; always the current ones. */
  readonly catalog: Catalog;
  /** Why the user's file is not in force, in words for people. */
  notices(): readonly string[];
  /** Reads the file again. An invalid one is reported, and what was in force stays. @returns whether it is in force */
  reload(): boolean;
  /** What a text would mean as the content of the file. @throws StyxyError BAD_CONFIG listing every problem */
  judge(text: string | undefined): UserSettings;
  /** Told after each change of what is in force. */
  onChange(listener: () => void): void;
}

/** The user's `config.json`; an invalid one is reported and the built-in settings stay in force. */
export function openConfigStore(path: string): ConfigStore {
  let current = readConfig(undefined, path);
  const catalog = createSwitchableCatalog(current.catalog);
  let notices: string[] = [];
  const listeners: (() => void)[] = [];

  function reload(): boolean {
    try {
      const next = readConfig(readTextIfThere(path), path);
      notices = [];
      // A reload may come from more than one who saw the same edit.
      if (next.text === current.text) return true;
      catalog.switchTo(next.catalog);
      current = next;
      for (const tell of listeners) tell();
      return true;
    } catch (error) {
      const why = error instanceof StyxyError && error.why ? `: ${error.why}` : '';
      notices = [`${messageOf(error)}${why}; the settings that were in force stay so`];
      return false;
    }
  }

  reload();
  return {
    settings: () => current.settings,
    judge: (text) => readConfig(text, path),
    isWritten: (where) => {
      let value: unknown = current.written;
      for (const key of where.split('.')) {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
        value = (value as Record<string, unknown>)[key];
      }
      return true;
    },
    catalog,
    notices: () => notices,
    reload,
    onChange: (listener) => void listeners.push(listener),
  };
}

/** The settings of a user with everything that belongs to them. */
export interface UserSettings {
  readonly settings: UserConfig;
  readonly catalog: Catalog;
}

interface Loaded extends UserSettings {
  /** undefined: there is no file. */
  readonly text: string | undefined;
  /** Without defaults. */
  readonly written: unknown;
}

function readConfig(text: string | undefined, path: string): Loaded {
  const written = text === undefined ? {} : parseConfigText(text, path);
  const settings = parseUserConfig(written, path);
  return { text, written, settings, catalog: resolveCatalog(settings.service_types) };
}

/** @throws StyxyError BAD_CONFIG */
function parseConfigText(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StyxyError('BAD_CONFIG', `${path} is not JSON`, { why: messageOf(error), cause: error });
  }
}
