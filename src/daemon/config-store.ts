import { messageOf, StyxyError } from '../base/styxy-error.ts';
import { createSwitchableCatalog, type Catalog } from '../domain/service-type.ts';
import { parseUserConfig } from '../settings/parse.ts';
import type { UserConfig } from '../settings/schema.ts';
import { resolveCatalog } from '../settings/service-types.ts';
import { readTextIfThere } from '../system/pid-file.ts';

/** The settings in force. They change while the daemon runs, so nobody keeps a copy. */
export interface ConfigStore {
  settings(): UserConfig;
  /** All service types; always the current ones. */
  readonly catalog: Catalog;
  /** Why the user's file is not in force, in words for people. */
  notices(): readonly string[];
  /** Reads the file again. An invalid one is reported, and what was in force stays. @returns whether it is in force */
  reload(): boolean;
  /** Told after each change of what is in force. */
  onChange(listener: () => void): void;
}

/** The user's `config.json`; an invalid one is reported and the built-in settings stay in force. */
export function openConfigStore(path: string): ConfigStore {
  let current = parseUserConfig({}, path);
  const catalog = createSwitchableCatalog(resolveCatalog());
  let notices: string[] = [];
  const listeners: (() => void)[] = [];

  function reload(): boolean {
    try {
      const next = readConfig(path);
      catalog.switchTo(resolveCatalog(next.service_types));
      current = next;
      notices = [];
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
    settings: () => current,
    catalog,
    notices: () => notices,
    reload,
    onChange: (listener) => void listeners.push(listener),
  };
}

function readConfig(path: string): UserConfig {
  const text = readTextIfThere(path);
  return parseUserConfig(text === undefined ? {} : parseJson(text, path), path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StyxyError('BAD_CONFIG', `${path} is not JSON`, { why: messageOf(error), cause: error });
  }
}
