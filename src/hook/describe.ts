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

/** What a run of the servers would come to now. */
export interface Expected {
  ports: readonly ExpectedPort[];
  /** Why it would be refused: a program can listen on one port only, and others have that. */
  refused: { message: string; why?: string | undefined; hint: string } | undefined;
}

/**
 * What the agent should know about the servers it starts.
 * @param names of the services
 * @param expected undefined when nobody knows it yet
 */
export function describeServers(
  names: readonly string[],
  expected: Expected | undefined,
  program: string,
): string {
  const called = expected?.ports.map(({ name, answer }) => answer.service_name ?? name) ?? names;
  const urls = called.map((name) => `${program} url ${name}`).join(', ');
  const how = `Its address: ${urls} (after ${program} wait ${called[0]}). What runs here already: ${program} list.`;
  if (expected === undefined) {
    return `Styxy gives this command a port of its own, which may not be its usual one: don't guess it. ${how}`;
  }
  const { ports, refused } = expected;
  if (refused) {
    return (
      `Styxy will refuse to start this: ${refused.message}${refused.why ? ` (${refused.why})` : ''}. ` +
      `What helps: ${refused.hint}. What runs here already: ${program} list.`
    );
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
