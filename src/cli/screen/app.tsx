import { EventEmitter } from 'node:events';
import { Box, render, Text, useInput, type Key } from 'ink';
import { useSyncExternalStore, type ReactElement } from 'react';

/** What is to be seen. Lines may be coloured; what is wider than the window is cut. */
export interface Picture {
  readonly top: readonly string[];
  readonly body: readonly string[];
  /** At the lower edge, whatever stands above. */
  readonly bottom: readonly string[];
}

/** What is drawn, and told of keys. */
export interface Source {
  /** The same object for as long as nothing has changed. */
  picture(): Picture;
  /** @returns ends it */
  onChange(listener: () => void): () => void;
  /** `up`, `enter`, `ctrl-c`, or what was typed. */
  onKey(key: string): void;
  size(): { readonly columns: number; readonly rows: number };
  /** The window as lines, whenever it has changed. */
  draw(lines: readonly string[]): void;
  fail(error: Error): void;
}

/** Shows the source until it is closed: composes the window, and reads keys from the terminal of stdin. */
export function show(source: Source): { close(): void } {
  const app = render(<Window source={source} />, {
    stdout: frames(source),
    // Whole frames, one after the other: what changes in the window is written by `source.draw`.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  app.waitUntilExit().catch((error: Error) => source.fail(error));
  return { close: () => app.unmount() };
}

function Window({ source }: { source: Source }): ReactElement {
  const { top, body, bottom } = useSyncExternalStore(source.onChange, source.picture);
  const { columns, rows } = source.size();
  useInput((input, key) => namesOf(input, key).forEach(source.onKey));
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Lines lines={top} />
      <Box flexDirection="column" flexGrow={1} flexShrink={1} overflow="hidden">
        <Lines lines={body} />
      </Box>
      <Lines lines={bottom} />
    </Box>
  );
}

function Lines({ lines }: { lines: readonly string[] }): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {lines.map((line, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place in the window
        <Text key={at} wrap="truncate-end">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  // What most keyboards send for backspace.
  ['delete', 'backspace'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The same where several keys come at once, over a slow line for instance. */
const CONTROLS: Readonly<Record<string, string>> = {
  '\u001b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u0003': 'ctrl-c',
  '\u001a': 'ctrl-z',
};

/** What was pressed, or pasted: several at once. */
function namesOf(input: string, key: Key): string[] {
  const named = NAMED.find(([property]) => key[property])?.[1];
  if (named) return [named];
  if (key.ctrl) return [`ctrl-${input}`];
  return Array.from(input).flatMap((sign) => CONTROLS[sign] ?? (/\p{Cc}/u.test(sign) ? [] : sign));
}

/** Where Ink writes: each write is the whole window. */
function frames(source: Source): NodeJS.WriteStream {
  const stream = {
    get columns() {
      return source.size().columns;
    },
    get rows() {
      return source.size().rows;
    },
    isTTY: false,
    write(text: string) {
      source.draw(text.split('\n'));
      return true;
    },
  };
  const emitter = Object.defineProperties(new EventEmitter(), Object.getOwnPropertyDescriptors(stream));
  return emitter as unknown as NodeJS.WriteStream;
}
