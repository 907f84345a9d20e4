import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export const label = 'nginx, one worker';

const program = 'nginx';

/** What it is of, as in `nginx/1.22.1`; undefined where there is none. */
export function version() {
  const { stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' });
  return /nginx\/[\d.]+/.exec(stderr ?? '')?.[0];
}

/** Why it cannot take part, or undefined. */
export function missing() {
  // Its CPU time is read there, from /proc.
  if (process.platform !== 'linux') return 'only on Linux';
  if (spawnSync('setpriv', ['--version']).error) return 'setpriv (util-linux) is not installed';
  return version() === undefined ? 'nginx is not installed' : undefined;
}

/** All that Node.js does by default: connections without a last request, bodies streamed and never written to disk. */
function configuration(/** @type {readonly string[]} */ backends, /** @type {number} */ port) {
  const servers = backends.map((backend) => `server ${new URL(backend).host};`).join(' ');
  return `
daemon off;
# One process, with no master above it that could leave a worker behind.
master_process off;
pid nginx.pid;
# What fails is an error of the load as well; at the end, uploads are cut off.
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  upstream backends { ${servers} keepalive 256; keepalive_requests 1000000000; keepalive_timeout 600s; }
  server {
    listen 127.0.0.1:${port} backlog=511;
    location / {
      proxy_pass http://backends;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_buffers 16 32k;
      proxy_busy_buffers_size 64k;
    }
  }
}
`;
}

/**
 * @param {readonly string[]} backends
 * @param {number} port a free one
 * @param {string} folder an empty one, for all it writes
 */
export function command(backends, port, folder) {
  writeFileSync(path.join(folder, 'nginx.conf'), configuration(backends, port));
  // With setpriv it does not outlive us, even when we are killed.
  return ['setpriv', '--pdeathsig', 'TERM', program, '-e', 'stderr', '-p', `${folder}/`, '-c', 'nginx.conf'];
}
