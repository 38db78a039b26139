import { addressOf } from '../settings/service-address.ts';

/** A port that a server would get now. */
export interface ExpectedPort {
  name: string;
  port: number;
  answer: {
    service_type: string;
    service_name?: string;
    reason?: { text: string; instead_of?: number };
  };
}

/**
 * What the agent should know about the servers it starts.
 * @param names of the services
 * @param ports undefined when nobody knows them yet
 */
export function describeServers(
  names: readonly string[],
  ports: readonly ExpectedPort[] | undefined,
  program: string,
): string {
  const called = ports?.map(({ name, answer }) => answer.service_name ?? name) ?? names;
  const urls = called.map((name) => `${program} url ${name}`).join(', ');
  const how = `Its address: ${urls} (after ${program} wait ${called[0]}). What runs here already: ${program} list.`;
  if (ports === undefined || ports.length === 0) {
    return `Styxy gives this command a port of its own, which may not be its usual one: don't guess it. ${how}`;
  }
  return (
    `Styxy: it will listen on ${ports.map(describePort).join(', ')}. ` +
    `Should that be taken before it starts, its output names another one. ${how}`
  );
}

function describePort({ name, port, answer }: ExpectedPort): string {
  const { service_type: type, service_name: service = name, reason } = answer;
  const { url } = addressOf(type, port);
  const why = reason?.instead_of === undefined ? '' : `; ${reason.text}`;
  return `port ${port} (${service}${url === undefined ? '' : `, ${url}`}${why})`;
}
