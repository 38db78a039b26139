import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { packageRoot } from '../../system/package-root.ts';
import { writeHead } from './respond.ts';

interface PageFile {
  readonly file: string;
  readonly type: string;
}

/** The dashboard: files without data, by the path that a browser asks for. */
const FILES: Readonly<Record<string, PageFile>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/dashboard.js': { file: 'dashboard.js', type: 'text/javascript; charset=utf-8' },
  '/dashboard.css': { file: 'dashboard.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
};

/** The page talks to this daemon only, runs only its own files, and is shown in no other page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_PATHS: readonly string[] = Object.keys(FILES);

/** Read from the disk at each request: a daemon that shows no page keeps nothing of it. */
export async function sendPageFile(path: string, response: ServerResponse): Promise<undefined> {
  const { file, type } = FILES[path] ?? FILES['/']!;
  const body = await readFile(join(packageRoot(), 'dist', 'dashboard', file));
  writeHead(response, 200, {
    'content-type': type,
    'content-length': body.length,
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  response.end(body);
  return undefined;
}
