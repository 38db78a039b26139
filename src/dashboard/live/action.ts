import type { Api, ApiError } from './api.ts';
import { useLive } from './resource.ts';

/**
 * Carries something out, tells what has come of it or why it has not, and asks for all again.
 * @param work returns what has come of it, in words; throws ApiError
 */
export function useAction(work: (api: Api) => Promise<string>): () => void {
  const { api, notify, refresh } = useLive();
  const carryOut = async (): Promise<void> => {
    try {
      notify({ text: await work(api) });
    } catch (error) {
      const { message, hint } = error as ApiError;
      notify({ text: message, hint, isFailure: true });
    }
    refresh();
  };
  return () => void carryOut();
}
