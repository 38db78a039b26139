import type { JSX } from 'preact';
import { useLive } from '../live/resource.ts';

interface CopyProps {
  readonly text: string;
  readonly label: string;
  /** What was copied, for the message. */
  readonly what: string;
}

export function CopyButton({ text, label, what }: CopyProps): JSX.Element {
  const { notify } = useLive();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      notify({ text: `${what} copied` });
    } catch {
      notify({ text: `${what} could not be copied`, hint: 'the browser does not allow it', isFailure: true });
    }
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {label}
    </button>
  );
}
