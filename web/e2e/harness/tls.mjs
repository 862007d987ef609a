// A TLS server whose certificate is for another name than the one that it is reached by.
import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { command } from './processes.mjs';

export async function wrongName(directory) {
  const place = mkdtempSync(path.join(directory, 'tls-'));
  const [key, certificate] = ['key.pem', 'cert.pem'].map((file) => path.join(place, file));
  await command('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2', '-keyout', key, '-out', certificate,
    '-subj', '/CN=other.example', '-addext', 'subjectAltName=DNS:other.example',
  ]);
  const server = tls.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, close: () => new Promise((resolve) => server.close(resolve)) };
}
