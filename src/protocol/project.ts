/** What a project says about a service type, for itself alone. */
export interface ServiceTypeDefinition {
  /** First and last port, 1024 to 65535. */
  port_range?: [first: number, last: number] | undefined;
  preferred_ports?: number[] | undefined;
  instance_behavior?: 'multi' | 'single' | undefined;
  /** Of a `single` type: one for the whole machine (default), or one for each project. */
  singleton_scope?: 'machine' | 'project' | undefined;
  description?: string | undefined;
}

/** One service that a project's configuration names. */
export interface PlannedService {
  service_name: string;
  service_type: string;
  /** `service_type` is a default only: the range in which the wished port lies decides. */
  service_type_default?: boolean | undefined;
  service_type_definition?: ServiceTypeDefinition | undefined;
  /** Taken if it is free. */
  preferred_port?: number | undefined;
}

/** Body of POST /project/ports. */
export interface ProjectPortsBody {
  project_path: string;
  instance_id?: string | undefined;
  services: PlannedService[];
}

/** The port of each service: the one it has, or the one that is kept in mind for it until it starts. */
export interface ProjectPortsAnswer {
  project_path: string;
  services: ProjectPort[];
  /** Services that can get no port, and why. */
  problems: {
    service_name: string;
    code: string;
    message: string;
    why: string | null;
    hint: string;
  }[];
}

export interface ProjectPort {
  service_name: string;
  service_type: string;
  port: number;
  url: string;
  /** It has a lease now. */
  live: boolean;
}
