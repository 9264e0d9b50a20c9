// The lower bound: one request, signed by hand, without any SDK. It is no proposal, as it has no retries, no FIPS or China endpoints, and
// none of our rules; all that it shares with our handler is what reaches ECR.
'use strict';

const { createHash, createHmac } = require('node:crypto');
const http = require('node:http');
// The only one of use in AWS, so that it is loaded here too, where the stand-in speaks plain HTTP.
const https = require('node:https');

const SERVICE = 'ecr';
const environment = process.env;
const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };
const settings = JSON.parse(environment.BENCH_SETTINGS ?? '{}');

const hash = text => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** The headers of a signed request, by Signature Version 4. */
function sign({ host, target, body, now = new Date(), credentials = environment }) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_REGION: region } = credentials;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${SERVICE}/aws4_request`;
  // In the order of their names, as the signature wants them.
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host,
    'x-amz-date': time,
    ...(token !== undefined && { 'x-amz-security-token': token }),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const canonical = ['POST', '/', '', ...Object.entries(headers).map(([name, value]) => `${name}:${value}`), '', names, hash(body)].join('\n');
  const key = scope.split('/').reduce(hmac, `AWS4${secret}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')).toString('hex');
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}

function call(action, input) {
  const url = new URL(environment.AWS_ENDPOINT_URL_ECR ?? `https://api.ecr.${environment.AWS_REGION}.amazonaws.com`);
  const body = JSON.stringify(input);
  const signed = sign({ host: url.host, target: `AmazonEC2ContainerRegistry_V20150921.${action}`, body });
  const headers = { ...signed, 'content-length': Buffer.byteLength(body) };
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, agent: agents[url.protocol] }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => { text += chunk; }).on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(text));
      });
    }).on('error', reject).end(body);
  });
}

exports.sign = sign;
exports.handler = async event => {
  const { repositoryName } = event.detail.requestParameters;
  await call('CreateRepository', { ...settings, repositoryName });
  process.stdout.write(`created ${repositoryName} repository\n`);
};
