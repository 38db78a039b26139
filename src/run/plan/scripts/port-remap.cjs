'use strict';
// Loaded into the Node programs of `styxy run --remap`. STYXY_REMAP is a list like `4000:41000,4001:41001`: a program that
// listens on the first number of a pair listens on the second, and what connects to it on this machine comes there too.
// Everything else of a call stays as it is.
const { Server, Socket } = require('node:net');

const ports = new Map((process.env.STYXY_REMAP ?? '').split(',').map((pair) => pair.split(':').map(Number)));
const LOOPBACK = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1?\]?)$/i;

/** The other port for the one in a call's first argument; undefined when it is none of ours. */
function otherPort(value) {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
  return isNumber ? ports.get(Number(value)) : undefined;
}

/** The arguments of `listen` or `connect`, of which the first may be a port, options, or what Node has made of both. */
function withOtherPort(args, isOurs) {
  const [first] = args;
  if (Array.isArray(first)) {
    const port = otherPort(first[0]?.port);
    if (port !== undefined && isOurs(first[0].host)) first[0] = { ...first[0], port };
    return args;
  }
  if (typeof first === 'object' && first !== null) {
    const port = otherPort(first.port);
    return port === undefined || !isOurs(first.host) ? args : [{ ...first, port }, ...args.slice(1)];
  }
  const port = otherPort(first);
  const host = typeof args[1] === 'string' ? args[1] : undefined;
  return port === undefined || !isOurs(host) ? args : [port, ...args.slice(1)];
}

const { listen } = Server.prototype;
Server.prototype.listen = function listenElsewhere(...args) {
  return listen.apply(
    this,
    withOtherPort(args, () => true),
  );
};

const { connect } = Socket.prototype;
Socket.prototype.connect = function connectElsewhere(...args) {
  return connect.apply(
    this,
    withOtherPort(args, (host) => host === undefined || host === null || LOOPBACK.test(host)),
  );
};
