import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A command that the model wants to run. */
export interface Step {
  command: string;
  /** The agent goes on while it runs. */
  inBackground?: boolean;
}

/** The models of three vendors as far as their agents need them: they run the steps, one after the other, and say `done`. */
export interface FakeApi extends AsyncDisposable {
  url: string;
  /** What the tools have answered so far, each as text. */
  results: string[];
  /** The text that each request held: to see what the model was told. */
  requests: string[];
}

/** As much of a request as is read, of all three. */
interface Body {
  readonly [name: string]: unknown;
  readonly name?: string | undefined;
  readonly type?: string;
  readonly stream?: boolean;
  readonly tools?: readonly Body[];
  readonly functionDeclarations?: readonly Body[];
  readonly parameters?: { readonly properties?: object };
  readonly messages?: readonly Body[];
  readonly input?: readonly Body[];
  readonly contents?: readonly Body[];
  readonly parts?: readonly Body[];
  readonly functionResponse?: Body;
}

export async function startFakeApi(steps: readonly Step[]): Promise<FakeApi> {
  const seen = { results: [] as string[], requests: [] as string[] };
  const server = createServer((request, response) => void answer(request, response, steps, seen));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...seen,
    [Symbol.asyncDispose]: () => closed(server),
  };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  steps: readonly Step[],
  seen: Pick<FakeApi, 'results' | 'requests'>,
): Promise<void> {
  const text = await textOf(request);
  const body = parsed(text);
  const path = request.url ?? '';
  const api = Object.values(APIS).find((each) => each.is(path));
  if (!api) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  const tool = api.shellTool(body);
  // Titles, summaries and the like are asked for without tools.
  const done = tool === undefined ? undefined : api.results(body);
  if (done) {
    seen.requests.push(text);
    seen.results.splice(0, Infinity, ...done);
  }
  const step = done && steps[done.length];
  const reply = step && tool ? api.call(tool, step, done.length) : api.say('done', body, path);
  if (typeof reply === 'object' && !Array.isArray(reply)) {
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of reply) response.write(event);
  response.end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

interface Api {
  is(path: string): boolean;
  /** What the agent calls its shell; undefined when the request offers none. */
  shellTool(body: Body): Body | undefined;
  results(body: Body): string[];
  call(tool: Body, step: Step, number: number): string[];
  say(text: string, body: Body, path: string): string[] | Body;
}

const event = (type: string, data: Body): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const words = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const anthropic: Api = {
  is: (path) => path.startsWith('/v1/messages') && !path.includes('count_tokens'),
  shellTool: ({ tools = [] }) => tools.find(({ name }) => name === 'Bash'),
  results: ({ messages = [] }) =>
    messages
      .flatMap(({ content }) => (Array.isArray(content) ? (content as Body[]) : []))
      .filter(({ type }) => type === 'tool_result')
      .map(({ content }) => words(content)),
  call: (_, { command, inBackground }, number) => {
    const input = {
      command,
      description: `step ${number}`,
      ...(inBackground && { run_in_background: true }),
    };
    return anthropicStream('tool_use', [
      event('content_block_start', {
        index: 0,
        content_block: { type: 'tool_use', id: `toolu_${number}`, name: 'Bash', input: {} },
      }),
      event('content_block_delta', {
        index: 0,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
      }),
    ]);
  },
  say: (text, { stream }) =>
    stream === true
      ? anthropicStream('end_turn', [
          event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
          event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
        ])
      : { ...MESSAGE, content: [{ type: 'text', text }], stop_reason: 'end_turn' },
};
const USAGE = { input_tokens: 1, output_tokens: 1 };
const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'fake', usage: USAGE };

function anthropicStream(stop_reason: string, blocks: readonly string[]): string[] {
  return [
    event('message_start', { message: { ...MESSAGE, content: [], stop_reason: null, stop_sequence: null } }),
    ...blocks,
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: USAGE }),
    event('message_stop', {}),
  ];
}

const openai: Api = {
  is: (path) => path.endsWith('/responses'),
  shellTool: ({ tools = [] }) =>
    tools.find(({ name }) => /^(exec_command|shell_command|shell)$/.test(String(name))),
  results: ({ input = [] }) =>
    input.filter(({ type }) => type === 'function_call_output').map(({ output }) => words(output)),
  call: (tool, { command, inBackground }, number) => {
    const named = 'cmd' in (tool.parameters?.properties ?? {}) ? { cmd: command } : { command };
    const given = { ...named, ...(inBackground && { yield_time_ms: 3000 }) };
    const item = {
      type: 'function_call',
      id: `fc_${number}`,
      call_id: `call_${number}`,
      name: tool.name,
      arguments: JSON.stringify(given),
    };
    return openaiStream(item);
  },
  say: (text) =>
    openaiStream({
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [] }],
    }),
};

function openaiStream(item: Body): string[] {
  const response = { id: 'resp_1', object: 'response', status: 'completed', output: [item] };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  return [
    event('response.created', { response: { ...response, status: 'in_progress', output: [] } }),
    event('response.output_item.done', { output_index: 0, item }),
    event('response.completed', { response: { ...response, usage } }),
  ];
}

const gemini: Api = {
  is: (path) => /:(streamG|g)enerateContent/.test(path),
  shellTool: ({ tools = [] }) =>
    tools
      .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
      .find(({ name }) => name === 'run_shell_command'),
  results: ({ contents = [] }) =>
    contents
      .flatMap(({ parts = [] }) => parts)
      .filter(({ functionResponse }) => functionResponse !== undefined)
      .map(({ functionResponse }) => words(functionResponse?.response)),
  call: (_, { command, inBackground }) => [
    sse(
      geminiReply({
        functionCall: {
          name: 'run_shell_command',
          args: { command, ...(inBackground && { is_background: true }) },
        },
      }),
    ),
  ],
  say: (text, _, path) => (path.includes(':stream') ? [sse(geminiReply({ text }))] : geminiReply({ text })),
};

const geminiReply = (part: Body): Body => ({
  candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
});
const sse = (data: Body): string => `data: ${JSON.stringify(data)}\n\n`;

const APIS = { anthropic, openai, gemini };
