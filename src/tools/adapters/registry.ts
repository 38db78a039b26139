import type { Adapter } from '../adapter.ts';
import { next } from './next.ts';
import { pythonHttpServer } from './python-http-server.ts';
import { vite } from './vite.ts';

/** Every tool Styxy knows. A program that is none of them is given PORT and nothing else. */
export const ADAPTERS: readonly Adapter[] = [vite, next, pythonHttpServer];
