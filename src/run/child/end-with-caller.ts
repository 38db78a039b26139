import { Socket } from 'node:net';

/**
 * Ends this wrapper, as SIGTERM would, when the other end of the caller's line is closed: by the kernel, too, when the
 * caller was killed.
 * @param stay what the caller says when it is to go on without it
 */
export function endWithCaller(fd: number, stay: string): void {
  const line = new Socket({ fd, readable: true, writable: false });
  let heard = '';
  let stays = false;
  line.setEncoding('utf8');
  line.on('data', (text: string) => {
    heard += text;
    stays ||= heard.includes(stay);
  });
  line.once('error', () => undefined);
  line.once('close', () => {
    if (!stays) process.kill(process.pid, 'SIGTERM');
  });
  line.resume().unref();
}
