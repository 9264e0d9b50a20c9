// Records the requests of the bundle instead of sending them: each is answered as by a network that fails.
const http = require('node:http');
const https = require('node:https');
const { Writable } = require('node:stream');

const requests = [];
for (const [protocol, module] of Object.entries({ http, https })) {
  module.request = ({ host, port, method, headers }) => {
    requests.push({ protocol, host, ...port !== undefined && { port }, method, headers });
    const request = new Writable({ write: (_chunk, _encoding, callback) => callback() });
    request.setTimeout = request.setNoDelay = request.setSocketKeepAlive = () => request;
    request.once('finish', () => request.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' })));
    return request;
  };
}

const [bundle, event] = process.argv.slice(2);
const { stdout } = process;
const write = stdout.write.bind(stdout);
stdout.write = () => true;
require(bundle).handler(JSON.parse(event)).then(() => 'none', error => error.message).then(error => {
  write(JSON.stringify({ error, requests }));
});
