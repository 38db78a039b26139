import type { JSX } from 'preact';

/** Something that has happened, told to eyes and ears. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly hint?: string;
  readonly isFailure?: boolean;
}

export function Notices({
  notices,
  onClose,
}: {
  notices: readonly Notice[];
  onClose(id: number): void;
}): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.map(({ id, text, hint, isFailure }) => (
        <div key={id} class={isFailure ? 'notice failure' : 'notice'}>
          <p>
            {text}
            {hint && <small>{hint}</small>}
          </p>
          <button
            type="button"
            class="plain"
            aria-label={`Close the message: ${text}`}
            onClick={() => onClose(id)}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
