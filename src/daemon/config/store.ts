import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { createSwitchableCatalog, type Catalog } from '../../domain/service-type.ts';
import type { ConfigAnswer } from '../../protocol/answers/config.ts';
import { environmentLayers } from '../../settings/environment.ts';
import { resolveUserSettings, type UserSettings } from '../../settings/resolve.ts';
import type { UserConfig } from '../../settings/schema.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';

/** The settings in force. They change while the daemon runs, so nobody keeps a copy. */
export interface ConfigStore {
  settings(): UserConfig;
  /** Whether the user's file sets the value at this path (`auto_allocation.enabled`), or something below it. */
  isWritten(path: string): boolean;
  /** All service types; always the current ones. */
  readonly catalog: Catalog;
  /** Why the user's file is not in force, in words for people. */
  notices(): readonly string[];
  /**
   * Reads the file again. An invalid one is reported, and what was in force stays; one that says what it said before
   * changes nothing.
   * @returns whether it is in force
   */
  reload(): boolean;
  /** Everything that is in force, and who said it. */
  describe(): ConfigAnswer;
  /** What a text would mean as the content of the file. @throws StyxyError BAD_CONFIG listing every problem */
  judge(text: string | undefined): UserSettings;
  /** Told after each change of what is in force. */
  onChange(listener: () => void): void;
}

/**
 * The user's `config.json` under what the environment says; an invalid file is reported, and the built-in settings stay
 * in force.
 * @throws StyxyError USAGE for a variable that can't be understood
 */
export function openConfigStore(path: string, env: NodeJS.ProcessEnv = {}): ConfigStore {
  const overruling = environmentLayers(env);
  let current = resolveUserSettings(undefined, path, overruling);
  const catalog = createSwitchableCatalog(current.catalog);
  let notices: string[] = [];
  let hasBeenRead = false;
  let seen: { text: string | undefined; isInForce: boolean } | undefined;
  const listeners: (() => void)[] = [];

  function reload(): boolean {
    try {
      const text = readTextIfThere(path);
      if (seen && seen.text === text) return seen.isInForce;
      seen = { text, isInForce: false };
      const next = resolveUserSettings(text, path, overruling);
      seen.isInForce = true;
      hasBeenRead = true;
      catalog.switchTo(next.catalog);
      current = next;
      notices = [];
    } catch (error) {
      const why = error instanceof StyxyError && error.why ? `: ${error.why}` : '';
      const rest = hasBeenRead
        ? 'the settings that were in force stay so'
        : 'the built-in settings are in force';
      notices = [`${messageOf(error)}${why}; ${rest}`];
      return false;
    }
    for (const tell of listeners) tell();
    return true;
  }

  reload();
  return {
    settings: () => current.settings,
    judge: (text) => resolveUserSettings(text, path, overruling),
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
    describe() {
      const { values, origins } = current.resolved();
      return { config: values, origins, files: { user: path }, problems: [...notices] };
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
