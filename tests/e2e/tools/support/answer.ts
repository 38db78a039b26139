import { connect } from 'node:net';
import type { ToolCase } from './tool-case.ts';

const PATIENCE_MS = 5000;

/** What a server answers on a port; undefined while it does not, or not what is expected. */
export function answerOf(tool: ToolCase, port: number): Promise<string | undefined> {
  return tool.speaks ? told(tool.speaks, port) : page(tool, port);
}

async function page({ path = '/', says }: ToolCase, port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://localhost:${port}${path}`, {
      headers: { connection: 'close', accept: 'text/html,*/*' },
      signal: AbortSignal.timeout(PATIENCE_MS * 4),
    });
    const text = await answer.text();
    return says === undefined || text.includes(says) ? `${answer.status} ${text}` : undefined;
  } catch {
    return undefined;
  }
}

function told([tell, begin]: readonly [string, string], port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: 'localhost' }, () => socket.write(tell, 'latin1'));
    socket.setEncoding('latin1').setTimeout(PATIENCE_MS);
    const end = (text?: string): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (data: string) => end(data.startsWith(begin) ? data : undefined));
    socket
      .on('error', () => end())
      .on('timeout', () => end())
      .on('close', () => end());
  });
}
