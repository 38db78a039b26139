/// <reference lib="esnext.disposable" preserve="true" />

/** Options of `acquirePort` and `withPort`. Everything may be left out. */
export interface PortOptions {
  /** Service type, of the project's configuration or of everybody: the range the port comes from. Default `test`. */
  type?: string;
  /** Service name: with it, the same worktree gets the same port again. */
  name?: string;
  /** Exactly this port, or a refusal. */
  port?: number;
  /** This port if it is free. */
  prefer?: number;
  /** How many ports, all or none. Default 1. */
  count?: number;
  /** Gives up when it fires; a lease already held is released. */
  signal?: AbortSignal;
  /**
   * `auto` (default): starts the daemon if need be; if none can be had, takes a port that is free at this moment and
   * warns. `require`: throws instead. `never`: asks no daemon.
   */
  daemon?: 'auto' | 'require' | 'never';
}

/** A port that is yours until you release it, or your process ends in any way. */
export interface PortLease extends AsyncDisposable {
  readonly port: number;
  /** All of them when `count` was given; `port` is the first. */
  readonly ports: readonly number[];
  /** `http://localhost:<port>` */
  readonly url: string;
  /** The same under a host name of its own, `http://<name>.<project>.localhost:<port>`; null where it has none. */
  readonly nameUrl: string | null;
  /** Null without a daemon. */
  readonly lockId: string | null;
  /** Variables for a program that is to use the port: PORT, STYXY_PORT, STYXY_URL, STYXY_NAME_URL, STYXY_LOCK_ID. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives the port back. Never throws; calling it twice is fine. */
  release(): Promise<void>;
}

/** One service of a project, in `styxy.config.*`. */
export interface ServiceConfig {
  /** Service type: the range its port comes from. */
  type?: string | undefined;
  /** What `styxy run <service>` starts. */
  command?: string | string[] | undefined;
  /** Exactly this port: without it the service does not start. */
  port?: number | undefined;
  /** The port to use if it is free. */
  prefer?: number | undefined;
  /** The variable that gets the port; default PORT. */
  env?: string | string[] | undefined;
  /** Added to the command; `{port}` stands for the port. */
  args?: string[] | undefined;
  /** What `styxy run` does when the service runs already in this worktree. */
  ifRunning?: 'new' | 'reuse' | 'replace' | 'fail' | undefined;
  /** Services that `styxy up` starts before it, and waits for until they are ready. */
  depends_on?: string[] | undefined;
  /** When `styxy up` takes it for ready: one of `port`, `http` and `output`. Default: as soon as it listens. */
  ready?: ServiceReady | undefined;
  /** What `styxy up` does when it fails. Default `no`. */
  restart?: 'no' | 'on-failure' | undefined;
}

/** When `styxy up` takes a service for ready. */
export interface ServiceReady {
  /** `false`: as soon as it runs. */
  port?: boolean | undefined;
  /** This path answers with a status below 400. */
  http?: string | undefined;
  /** It has printed a line with this text. */
  output?: string | undefined;
  /** How long that may take: `30s`. Default 60 seconds. */
  timeout?: string | undefined;
}

/** A class of services: where its ports lie. */
export interface ServiceTypeConfig {
  /** First and last port. */
  port_range?: [first: number, last: number] | undefined;
  /** Tried first, in this order. */
  preferred_ports?: number[] | undefined;
  /** `single`: all who ask share the one that runs. */
  instance_behavior?: 'multi' | 'single' | undefined;
  /** Of a `single` type: one for the whole machine (default), or one for each project. */
  singleton_scope?: 'machine' | 'project' | undefined;
  description?: string | undefined;
}

/** A project's configuration: `styxy.config.*`, `.styxyrc*`, or `"styxy"` in package.json. */
export interface StyxyConfig {
  $schema?: string | undefined;
  /** Configurations below this one: paths from its folder, or packages with a `styxy.config.json`. */
  extends?: string | string[] | undefined;
  services?: Record<string, ServiceConfig> | undefined;
  /** Variables for every service; `{api.port}` and `{api.url}` stand for where the service `api` is. */
  env?: Record<string, string> | undefined;
  /** `false`: no host names like `web.shop.localhost` for its services. */
  names?: boolean | undefined;
  /** Service types of this project alone. */
  service_types?: Record<string, ServiceTypeConfig> | undefined;
}
