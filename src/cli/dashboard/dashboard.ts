import { pathToFileURL } from 'node:url';
import { StyxyError } from '../../base/styxy-error.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { cantWrite } from '../../system/files/cant-write.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { replaceFile } from '../../system/files/replace.ts';
import { openInBrowser } from '../../system/process/browser.ts';
import type { Context } from '../context.ts';

export async function execute(context: Context, { json }: { json?: boolean }): Promise<number> {
  const { coordinator, env, out, paths } = context;
  const port = portOf(await coordinator.status());
  const address = `http://127.0.0.1:${port}/`;
  // In the fragment, which no browser sends and no log holds.
  const url = `${address}#token=${readToken(paths.token)}`;
  if (json) {
    out.json({ url });
    return 0;
  }
  await writePage(paths.dashboard, url);
  // The command line of a browser can be read by every user, so it gets the path of the page alone.
  const opener = await openInBrowser(paths.dashboard, env);
  if (opener === undefined) {
    out.note(noBrowser(paths.dashboard));
    return 1;
  }
  out.line(`${address} is open (by ${opener})`);
  return 0;
}

function portOf({ http_port: port, http_port_wanted: wanted }: StatusAnswer): number {
  if (port !== null) return port;
  const isOff = wanted === undefined || wanted === 0;
  throw new StyxyError('DAEMON_UNREACHABLE', 'a browser can not reach the daemon', {
    why: isOff
      ? 'it listens on its socket alone, as STYXY_HTTP_PORT=0 says'
      : `port ${wanted} belonged to another program when the daemon started`,
    hint: 'STYXY_HTTP_PORT=<a free port> styxy daemon restart',
  });
}

function readToken(path: string): string {
  const token = readTextIfThere(path)?.trim();
  if (token) return token;
  throw new StyxyError('UNAUTHORIZED', `there is no token in ${path}`, { hint: 'styxy daemon restart' });
}

async function writePage(path: string, url: string): Promise<void> {
  const page = `<!doctype html>
<meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Styxy</title>
<meta http-equiv="refresh" content="0; url=${url}">
<p><a href="${url}">Styxy's dashboard</a></p>
`;
  try {
    await replaceFile(path, page, 0o600);
  } catch (error) {
    throw cantWrite(path, error);
  }
}

const noBrowser = (page: string): string =>
  `styxy: neither $BROWSER nor the opener of this system has started a browser; open ${pathToFileURL(page).href} ` +
  'in one, or the address that styxy dashboard --json prints';
