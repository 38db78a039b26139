/** Reads server-sent events from a body until it ends. Comments and fields that are not ours are passed over. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: (name: string, data: string) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TextPipe).getReader();
  let begun = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (begun + value).split('\n\n');
    begun = blocks.pop() ?? '';
    for (const block of blocks) {
      const { event, data } = fieldsOf(block);
      if (event !== undefined) onEvent(event, data ?? '');
    }
  }
}

type TextPipe = ReadableWritablePair<string, Uint8Array>;

function fieldsOf(block: string): Partial<Record<string, string>> {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line)?.slice(1) ?? ['', '']);
  return Object.fromEntries(fields) as Record<string, string>;
}
