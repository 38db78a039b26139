/** Asks the daemon behind the socket argv[2] for its list, argv[3] times a second. */
import { createClient } from './measure.mjs';

const [socket, rate] = process.argv.slice(2);
const client = createClient(socket, 4);
setInterval(() => void client.ask('GET', '/allocations').catch(() => process.exit()), 1000 / Number(rate));
