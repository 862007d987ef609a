import { createParser } from 'eventsource-parser';
import { send, type RequestOptions } from './client';
import { isAbort, NetworkError } from './errors';

export interface ServerEvent {
  name: string;
  data: unknown;
  id: string | undefined;
}

/**
 * Reads a stream of server-sent events over fetch (EventSource cannot send a token) until the server ends it.
 * Throws what `send` throws, NetworkError when the connection breaks, and what the signal aborts with.
 */
export async function readEvents(
  path: string,
  options: RequestOptions & { lastEventId?: string },
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const { lastEventId, headers, ...rest } = options;
  const response = await send(path, {
    ...rest,
    headers: { ...headers, Accept: 'text/event-stream', ...(lastEventId ? { 'Last-Event-ID': lastEventId } : {}) },
  });
  if (!response.body) return;
  const parser = createParser({
    onEvent: (event) =>
      onEvent({ name: event.event ?? 'message', data: event.data ? JSON.parse(event.data) : null, id: event.id }),
  });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    if (isAbort(error) || options.signal?.aborted) throw new DOMException('aborted', 'AbortError');
    throw new NetworkError({ cause: error });
  } finally {
    reader.releaseLock();
  }
}
