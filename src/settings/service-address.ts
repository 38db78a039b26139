/** Where a service is, for the variables and placeholders of its project. */
export interface ServiceAddress {
  port: number;
  /** undefined: what it speaks is not known from its type, and it is not HTTP. */
  url: string | undefined;
  /** The same under the host name of the service; undefined: it has none. */
  nameUrl?: string | undefined;
}

/** Types whose servers speak protocols of their own; which one, the type does not say. */
const NOT_HTTP = new Set(['database', 'infrastructure', 'messaging']);

/** Types that are called like what they speak. */
const SCHEMES: Readonly<Record<string, string>> = {
  amqp: 'amqp',
  mariadb: 'mysql',
  memcached: 'memcached',
  mongo: 'mongodb',
  mongodb: 'mongodb',
  mqtt: 'mqtt',
  mysql: 'mysql',
  nats: 'nats',
  postgres: 'postgres',
  postgresql: 'postgres',
  rabbitmq: 'amqp',
  redis: 'redis',
  valkey: 'redis',
};

export function addressOf(type: string, port: number): ServiceAddress {
  if (NOT_HTTP.has(type)) return { port, url: undefined };
  const scheme = Object.hasOwn(SCHEMES, type) ? SCHEMES[type] : 'http';
  return { port, url: `${scheme}://localhost:${port}` };
}

/** What speaks another protocol can't be opened by its host name. */
export const speaksHttp = (type: string): boolean => addressOf(type, 1).url?.startsWith('http:') ?? false;

/** How the variables of a service begin: `WEB_1` of `web-1`. */
export const variablePrefix = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
