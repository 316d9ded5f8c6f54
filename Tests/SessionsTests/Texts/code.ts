import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";

export interface WebhookEvent {
  readonly id: string;
  readonly type: "parcel.created" | "parcel.delivered" | "parcel.returned";
  readonly createdAt: Date;
  readonly data: Record<string, unknown>;
}

export type Handler = (event: WebhookEvent, signal: AbortSignal) => Promise<void>;

export class WebhookError extends Error {
  constructor(message: string, readonly status: number, options?: ErrorOptions) {
    super(message, options);
    this.name = "WebhookError";
  }
}

const MAX_BODY_BYTES = 1024 * 256;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new WebhookError(`the body has more than ${MAX_BODY_BYTES} bytes`, 413);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseEvent(text: string): WebhookEvent {
  let value: any;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new WebhookError("the body is not JSON", 400, { cause });
  }
  if (typeof value?.type !== "string" || typeof value?.data !== "object") {
    throw new WebhookError("the event has no type or no data", 422);
  }
  return {
    id: value.id ?? randomUUID(),
    type: value.type,
    createdAt: new Date(value.created_at ?? Date.now()),
    data: value.data ?? {},
  };
}

export class WebhookServer {
  private readonly handlers = new Map<WebhookEvent["type"], Handler[]>();
  private readonly seen = new Set<string>();

  constructor(private readonly timeoutMs = 5_000) {}

  on(type: WebhookEvent["type"], handler: Handler): this {
    const list = this.handlers.get(type) ?? [];
    this.handlers.set(type, [...list, handler]);
    return this;
  }

  async dispatch(event: WebhookEvent): Promise<number> {
    if (this.seen.has(event.id)) return 0;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), this.timeoutMs);
    try {
      const handlers = this.handlers.get(event.type) ?? [];
      const results = await Promise.allSettled(handlers.map((handler) => handler(event, controller.signal)));
      const failed = results.filter((result) => result.status === "rejected");
      if (failed.length > 0) {
        throw new WebhookError(`${failed.length} of ${handlers.length} handlers have failed`, 502);
      }
      this.seen.add(event.id);
      return handlers.length;
    } finally {
      clearTimeout(timer);
    }
  }

  listen(port: number, host = "127.0.0.1"): Promise<() => Promise<void>> {
    const server = createServer((request, response) => void this.answer(request, response));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        resolve(() => new Promise((done) => server.close(() => done())));
      });
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method !== "POST") throw new WebhookError("only POST is understood", 405);
      const event = parseEvent(await readBody(request));
      const count = await this.dispatch(event);
      response.writeHead(202, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: event.id, handlers: count }));
    } catch (error) {
      const status = error instanceof WebhookError ? error.status : 500;
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { status, message } }));
    }
  }
}
