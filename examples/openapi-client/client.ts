import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

type Line = components['schemas']['HoldLine'];
const { BASE_URL, TOKEN } = process.env;

const styxy = createClient<paths, 'application/json'>({
  baseUrl: BASE_URL ?? '',
  headers: { authorization: `Bearer ${TOKEN ?? ''}` },
});

/** Narrowed by the status and the code that the document names for this route. */
async function refused(): Promise<string> {
  const { error } = await styxy.POST('/allocate', { body: { service_type: 'no-such-type' } });
  return error?.error.code === 'UNKNOWN_TYPE' ? 'refused as unknown' : `refused as ${error?.error.code}`;
}

async function allocateAndRelease(): Promise<string> {
  const { data } = await styxy.POST('/allocate', {
    body: { service_type: 'web', service_name: 'site', process_id: process.pid },
  });
  if (!data) throw new Error('not allocated');
  const lockId: string = data.lock_id;
  const { data: found } = await styxy.GET('/check/{port}', { params: { path: { port: data.port } } });
  const { data: end } = await styxy.DELETE('/allocate/{lockId}', { params: { path: { lockId } } });
  return `${found?.allocation?.holder.kind} then ${end?.state}`;
}

/** A held lease lives as long as the response is open. */
async function hold(): Promise<string> {
  const leaving = new AbortController();
  const { data: stream } = await styxy.POST('/allocate', {
    body: { service_type: 'web', service_name: 'held', hold: true },
    parseAs: 'stream',
    signal: leaving.signal,
  });
  const reader = stream?.getReader();
  const { value } = (await reader?.read()) ?? {};
  const line = JSON.parse(new TextDecoder().decode(value)) as Line;
  if ('event' in line) throw new Error(`ended: ${line.event}`);
  const states: string[] = [line.state];
  const { data: before } = await styxy.GET('/allocations', { params: { query: { type: 'web' } } });
  states.push(`${before?.allocations.length} held by a ${before?.allocations[0]?.holder.kind}`);
  leaving.abort();
  const port = line.port;
  for (let free = false; !free;) {
    const { data } = await styxy.GET('/check/{port}', { params: { path: { port } } });
    free = data?.available === true;
  }
  return [...states, 'free'].join(', ');
}

console.log(JSON.stringify([await refused(), await allocateAndRelease(), await hold()]));
