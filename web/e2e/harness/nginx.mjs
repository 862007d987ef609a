// Debian's nginx with the configuration that is shipped, TLS and the prefix, in front of the manager.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Daemon, command, freePort, repository, until } from './processes.mjs';

const prefix = '/api/cockpit/catalog-manager';

export async function startNginx(directory, upstream) {
  const place = mkdtempSync(path.join(directory, 'nginx-'));
  const [http, https] = [await freePort(), await freePort()];
  await command('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2', '-subj', '/CN=localhost',
    '-keyout', path.join(place, 'privkey.pem'), '-out', path.join(place, 'fullchain.pem'), '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ]);
  let site = readFileSync(path.join(repository, 'deploy/nginx/akko-catalog-manager.conf'), 'utf8');
  for (const [written, here] of [
    ['server 127.0.0.1:8480;', `server 127.0.0.1:${upstream};`],
    ['listen 80;', `listen 127.0.0.1:${http};`],
    ['listen [::]:80;', ''],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${https} ssl http2;`],
    ['listen [::]:443 ssl http2;', ''],
    ['/etc/ssl/akko/', `${place}/`],
  ]) {
    if (!site.includes(written)) throw new Error(`deploy/nginx says '${written}' no more`);
    site = site.replaceAll(written, here);
  }
  writeFileSync(path.join(place, 'site.conf'), site);
  writeFileSync(
    path.join(place, 'nginx.conf'),
    `user ${os.userInfo().username};
pid ${place}/nginx.pid;
worker_processes 1;
daemon off;
events { worker_connections 256; }
http {
  access_log ${place}/access.log;
  client_body_temp_path ${place}/body; proxy_temp_path ${place}/proxy;
  fastcgi_temp_path ${place}/fastcgi; uwsgi_temp_path ${place}/uwsgi; scgi_temp_path ${place}/scgi;
  include ${place}/site.conf;
}
`,
  );
  const daemon = new Daemon('/usr/sbin/nginx', ['-p', place, '-c', path.join(place, 'nginx.conf'), '-e', path.join(place, 'error.log')], path.join(place, 'nginx.log'));
  const url = `https://127.0.0.1:${https}${prefix}/`;
  const answers = async () => {
    if (!daemon.running) throw new Error(`nginx ended: ${readFileSync(path.join(place, 'nginx.log'), 'utf8')}`);
    return command('curl', ['-sk', '-o', '/dev/null', url]).then(() => true, () => false);
  };
  await until(answers, 10, 'nginx answers');
  return { url, withoutSlash: url.slice(0, -1), stop: () => daemon.stop() };
}
