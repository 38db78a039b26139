import { visibleText } from '../../base/plain-text.ts';

/** A request that the daemon has answered with a failure, or not at all. */
export class ApiError extends Error {
  /** 0: there was no answer. */
  readonly status: number;
  readonly hint: string;

  constructor(status: number, message: string, hint = '') {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

export interface Api {
  get<Answer>(path: string, timeoutMs?: number): Promise<Answer>;
  send<Answer>(method: 'POST' | 'DELETE', path: string): Promise<Answer>;
  /** The body as it comes. */
  stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

interface Failure {
  readonly error?: { readonly message?: string; readonly why?: string | null; readonly hint?: string | null };
}

/** A stop may take as long as a program has to end. ms */
const LONGEST_MS = 30_000;

/** @param onDenied the daemon does not know this token */
export function createApi(token: string, onDenied: () => void): Api {
  async function ask(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(path, {
      ...init,
      headers: { authorization: `Bearer ${token}` },
      credentials: 'omit',
      cache: 'no-store',
    }).catch(() => {
      throw new ApiError(0, 'the daemon does not answer');
    });
    if (response.ok) return response;
    if (response.status === 401) onDenied();
    throw await failureOf(response);
  }

  return {
    async get<Answer>(path: string, timeoutMs = LONGEST_MS) {
      const response = await ask(path, { signal: AbortSignal.timeout(timeoutMs) });
      return (await response.json()) as Answer;
    },
    async send<Answer>(method: 'POST' | 'DELETE', path: string) {
      const response = await ask(path, { method, signal: AbortSignal.timeout(LONGEST_MS) });
      return (await response.json()) as Answer;
    },
    async stream(path, signal) {
      const { body } = await ask(path, { signal });
      if (!body) throw new ApiError(0, 'the answer has no body');
      return body;
    },
  };
}

async function failureOf(response: Response): Promise<ApiError> {
  const { error = {} } = (await response.json().catch(() => ({}))) as Failure;
  const message = [error.message ?? `the daemon answers ${response.status}`, error.why].filter(Boolean);
  return new ApiError(response.status, visibleText(message.join(': ')), visibleText(error.hint ?? ''));
}
