/** A program that the system's service manager is to keep running for this user. */
export interface ServiceProgram {
  /** Short name, which becomes that of the unit. */
  name: string;
  description: string;
  /** Absolute path of the program, and its arguments. */
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Where to write what it prints, if the manager keeps no journal of its own. */
  log: string;
}

export interface ServiceState {
  /** Its file is there. */
  installed: boolean;
  /** The file is one that we wrote, and nobody exchanged it. */
  ours: boolean;
  /** It starts with the next login; undefined when the manager can't be asked. */
  enabled: boolean | undefined;
  /** It runs now; undefined when the manager can't be asked. */
  active: boolean | undefined;
  /** The process the manager started. */
  pid: number | undefined;
}

/** One of the ways a system keeps a user's programs running. Effects throw the system's errors of files. */
export interface ServiceManager {
  kind: 'systemd' | 'launchd';
  /** Where the description of the program lies. */
  path: string;
  /** The description. Pure. */
  render(program: ServiceProgram): string;
  state(): ServiceState;
  /** Writes the description and starts the program. @returns false when the manager could not be reached */
  install(text: string): Promise<boolean>;
  /** Ends the program and removes its description. @returns false when the manager could not be reached */
  uninstall(): boolean;
  /** What to type where the manager can be reached. */
  startCommand: string;
}

/** Stands at the top of every description we write; without it a file is somebody else's. */
export const MARK = 'Made by `styxy service install`';
