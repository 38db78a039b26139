// As gated-server.mjs, but SIGTERM ends it only when the file GATE.end is there.
import { existsSync } from 'node:fs';

await import('./gated-server.mjs');

const [gate] = process.argv.slice(2);
process.on('SIGTERM', () => setInterval(() => existsSync(`${gate}.end`) && process.exit(0), 20));
