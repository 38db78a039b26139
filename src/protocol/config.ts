/** Who set a value: the layer, and its file, variable or option. */
export interface WireOrigin {
  layer: 'built-in' | 'user' | 'project' | 'environment' | 'flag';
  source: string | null;
}

/** Answer of GET /config: what is in force in the daemon. Holds no secret. */
export interface ConfigAnswer {
  /** The user's configuration with every default filled in, all service types in it. */
  config: Record<string, unknown>;
  /** Who said it, by the path of each value: `recovery.port_conflict.max_retries`. */
  origins: Record<string, WireOrigin>;
  files: { user: string };
  /** Why an edit of the file is not in force, in words for people. */
  problems: string[];
}
