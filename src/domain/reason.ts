/** Why a lease has its port and no other: each code, and when it is given. */
export const REASONS = {
  asked: 'exactly this port was asked for, or was preferred by the request',
  configured: "the project's configuration names the port",
  script: 'the command, the package script that it runs, or a file that its program reads names the port',
  environment: 'the caller has set PORT to it',
  told: 'the port that the project was told for this service before it started',
  remembered: 'the service has listened on this port before, or had it last',
  tool_default: 'the port that the tool takes by itself',
  template: 'the port of the template that the instance is named after',
  first_free: 'the first free port of the service type',
  last_resort: 'no port of the service type is free but those kept for services that listened there before',
  reasserted: 'its holder has had this port before the daemon lost it',
  used: 'the port that comes first is used by a program that has no lease',
  leased: 'the port that comes first is leased',
  kept: 'the port that comes first is kept for a service that listened there before',
  failed: 'another program took the port that comes first before the command could bind it',
  refused: 'the preferred port must not be leased to this service type',
} as const;

export type ReasonCode = keyof typeof REASONS;

/** Why a lease has this port. */
export interface Reason {
  readonly code: ReasonCode;
  /** For people, in a few words. */
  readonly text: string;
  /** The port that comes first for the request, where the lease has another. */
  readonly insteadOf?: number | undefined;
}

/** Who uses a port without a lease, as far as the system tells. */
export interface PortUser {
  readonly command: string | null;
  readonly pid: number | null;
  readonly cwd: string | null;
  readonly user: string | null;
  readonly container: { readonly name: string } | null;
}
