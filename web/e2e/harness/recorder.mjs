// What stands between the browser and the manager: it passes everything on, remembers it, and can be told to hold back, to break
// off or to spoil what passes. The manager stays the real one; only the way to it is bad.
import http from 'node:http';
import zlib from 'node:zlib';

const decoders = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync };

export class Recorder {
  constructor(upstream) {
    this.upstream = upstream; // port of the manager
    this.forget();
    this.server = http.createServer((request, response) => this.#pass(request, response));
    this.sockets = new Set();
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  start() {
    return new Promise((resolve) =>
      this.server.listen(0, '127.0.0.1', () => resolve((this.port = this.server.address().port))),
    );
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** Passes everything again, and forgets what has passed. */
  forget() {
    this.calls = [];
    for (const rule of this.rules ?? []) rule.release?.();
    this.rules = [];
  }

  /** Requests that fit wait until the returned function is called. */
  hold(fits) {
    const rule = { fits, kind: 'hold' };
    rule.gate = new Promise((resolve) => (rule.release = resolve));
    return this.#add(rule);
  }

  /** Answers that fit are cut off as soon as a part of them has come that holds `after`. */
  breakOff(fits, after) {
    return this.#add({ fits, kind: 'break', after });
  }

  /** Requests that fit carry a token that is none: the manager says 401, as it does for one that has expired. */
  spoilTokens(fits = () => true) {
    return this.#add({ fits, kind: 'spoil' });
  }

  #add(rule) {
    this.rules.push(rule);
    return () => {
      rule.release?.();
      this.rules = this.rules.filter((other) => other !== rule);
    };
  }

  /** Calls of this method whose path fits, oldest first. */
  of(method, path) {
    const fits = typeof path === 'string' ? (text) => text === path : (text) => path.test(text);
    return this.calls.filter((call) => call.method === method && fits(call.path));
  }

  async #pass(request, response) {
    const call = {
      method: request.method, path: request.url, headers: request.headers, began: Date.now(), status: null, answer: '', size: 0, aborted: false,
    };
    this.calls.push(call);
    const rules = this.rules.filter((rule) => rule.fits(call));
    response.on('close', () => {
      if (!response.writableFinished) call.aborted = Date.now();
    });
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    call.body = body.toString('utf8');
    for (const rule of rules) if (rule.kind === 'hold') await rule.gate;
    if (response.destroyed) return;
    const headers = { ...request.headers };
    if (rules.some((rule) => rule.kind === 'spoil') && headers.authorization) headers.authorization = 'Bearer spoilt';
    const onward = http.request(
      { host: '127.0.0.1', port: this.upstream, method: request.method, path: request.url, headers, agent: false },
      (answer) => this.#answer(call, answer, response, rules.find((rule) => rule.kind === 'break')),
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  }

  #answer(call, answer, response, broken) {
    call.status = answer.statusCode;
    call.answerHeaders = answer.headers;
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    const raw = [];
    const decoder = decoders[answer.headers['content-encoding']];
    answer.on('data', (part) => {
      raw.push(part);
      call.size += part.length;
      if (!decoder) call.answer += part.toString('utf8');
      response.write(part);
      if (broken && call.answer.includes(broken.after)) {
        answer.destroy();
        response.destroy();
      }
    });
    answer.on('end', () => {
      if (decoder) call.answer = decoder(Buffer.concat(raw)).toString('utf8');
      call.ended = Date.now();
      response.end();
    });
    answer.on('error', () => response.destroy());
  }
}

/** Whether a call goes to this path (a text: exactly; an expression: whatever it finds). */
export const to = (path, method) => (call) =>
  (!method || call.method === method) && (typeof path === 'string' ? call.path === path : path.test(call.path));
