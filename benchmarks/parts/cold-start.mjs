// From the start of a process to the first repository that it created.
import { createHash, createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { benchmarkFile, untilSignal } from '../runner/processes.mjs';
import { pushEvent, repositoryNames } from '../runner/push-events.mjs';
import { inTurn, median, spread } from '../runner/sampling.mjs';
import { StandIn } from '../runner/stand-in.mjs';

const OUR_STACK = 'Settings';
const INVOKE = benchmarkFile('processes/invoke.cjs');
const INVOKE_PYTHON = benchmarkFile('processes/invoke.py');

/** Each is compared with ours, less what its bare runtime takes. */
const BARE = { ours: 'bare', external: 'bare', full: 'bare', bound: 'bare', boto3: 'boto3Bare' };

export const needs = ['functions', 'nodes', 'sdk', 'python'];

export async function measure({ functions, nodes, sdk, python }, { rounds, say, folder }) {
  const standIn = await StandIn.start(functions.target);
  try {
    const setting = { functions, nodes, sdk, python, standIn, folder, names: repositoryNames('cold') };
    // The others are to ask ECR for what ours asks.
    setting.settings = await settingsOf(setting, nodes.node20.binary);
    await checkSignature(setting);
    const variants = {};
    for (const node of Object.keys(nodes)) {
      for (const [name, sample] of Object.entries(variantsOf(setting, node))) variants[`${node}.${name}`] = sample;
    }
    const samples = await inTurn(variants, rounds, (round, all) => say(`cold start: round ${round} of ${all}`));
    const results = Object.fromEntries(Object.keys(nodes).map(node => [node, summarise(samplesOf(samples, node))]));
    return {
      coldStart: mapValues(results, ({ coldStart }) => coldStart),
      coldStartRatios: mapValues(results, ({ ratios }) => ratios),
      coldStartDetails: mapValues(results, ({ details }) => details),
      bundles: Object.fromEntries(Object.entries(functions.deployed).map(([name, { bytes }]) => [name === OUR_STACK ? 'ours' : name, bytes])
        .filter(([name]) => /^ours$|^(external|full)-/.test(name))),
    };
  } finally {
    await standIn.stop();
  }
}

function variantsOf(setting, node) {
  const { functions: { deployed }, nodes, sdk, python } = setting;
  const { binary } = nodes[node];
  const run = (command, args, options) => () => createTwice(setting, command, args, options);
  return {
    bare: run(binary, [INVOKE], { creates: false }),
    ours: run(binary, [INVOKE, deployed[OUR_STACK].handler]),
    external: run(binary, [INVOKE, deployed[`external-${node}`].handler], { env: { NODE_PATH: sdk.modules } }),
    full: run(binary, [INVOKE, deployed[`full-${node}`].handler]),
    boto3Bare: run(python.binary, [INVOKE_PYTHON], { creates: false }),
    boto3: run(python.binary, [INVOKE_PYTHON, 'boto3_handler'], { describes: true }),
    bound: run(binary, [INVOKE, benchmarkFile('processes/own-signature.cjs')]),
  };
}

/** Gives a fresh process two events, and makes sure that it has created two repositories with our settings. */
async function createTwice(setting, command, args, { env, creates = true, describes = false } = {}) {
  const { standIn, names, settings } = setting;
  const repositories = [names.next().value, names.next().value];
  const told = await untilSignal(command, args, { ...environmentOf(setting, repositories), ...env });

  const expected = creates ? repositories.flatMap(repositoryName => [
    ...(describes ? [{ action: 'DescribeRepositories', error: 'RepositoryNotFoundException', input: { repositoryNames: [repositoryName] } }] : []),
    { action: 'CreateRepository', input: { ...settings, repositoryName } },
  ]) : [];
  const requested = await standIn.takeCalls();
  if (!isDeepStrictEqual(requested, expected)) {
    throw new Error(`${[command, ...args].join(' ')}: it made the calls\n${JSON.stringify(requested)}\nand not\n${JSON.stringify(expected)}`);
  }
  const { started, loaded, calls: [first, second], memory, wall } = told;
  const phase = ({ before, after }) => ({ wall: after.wall - before.wall, cpu: after.cpu - before.cpu });
  return { wall, cpu: first.after.cpu, memory, load: phase({ before: started, after: loaded }), firstCall: phase(first), secondCall: phase(second) };
}

function environmentOf({ functions, standIn, settings, folder }, repositories) {
  return {
    ...functions.deployed[OUR_STACK].environment,
    HOME: folder,
    // Where Lambda has a function's code, nothing can be written.
    PYTHONDONTWRITEBYTECODE: '1',
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL_ECR: standIn.url,
    BENCH_EVENTS: JSON.stringify(repositories.map(name => pushEvent(functions.event, name))),
    BENCH_SETTINGS: JSON.stringify(settings),
  };
}

async function settingsOf(setting, node) {
  const { names, standIn, functions } = setting;
  await untilSignal(node, [INVOKE, functions.deployed[OUR_STACK].handler], environmentOf({ ...setting, settings: {} }, [names.next().value]));
  const calls = await standIn.takeCalls();
  if (calls.length !== 1 || calls[0].action !== 'CreateRepository' || calls[0].error !== undefined) {
    throw new Error(`our handler must create the repository with one call, got ${JSON.stringify(calls)}`);
  }
  const { repositoryName, ...settings } = calls[0].input;
  return settings;
}

/** A request that AWS would refuse is no bound. */
async function checkSignature({ functions, sdk }) {
  const { sign } = createRequire(import.meta.url)(benchmarkFile('processes/own-signature.cjs'));
  const { SignatureV4 } = createRequire(join(sdk.modules, 'index.js'))('@smithy/signature-v4');
  const credentials = functions.deployed[OUR_STACK].environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken, AWS_REGION: region } = credentials;
  const signer = new SignatureV4({
    service: 'ecr', region, sha256: Sha256, applyChecksum: false, credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const now = new Date();
  const host = `api.ecr.${region}.amazonaws.com`;
  const { authorization, ...headers } = sign({ host, target: 'AmazonEC2ContainerRegistry_V20150921.CreateRepository', body: '{}', now, credentials });
  const { headers: signed } = await signer.sign(
    { method: 'POST', protocol: 'https:', hostname: host, path: '/', headers, body: '{}' }, { signingDate: now },
  );
  if (signed.authorization !== authorization) throw new Error(`the signature made by hand must be\n${signed.authorization}\ngot\n${authorization}`);
}

class Sha256 {
  #hash;
  constructor(secret) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data) {
    this.#hash.update(data);
  }
  async digest() {
    return this.#hash.digest();
  }
}

function samplesOf(samples, node) {
  const own = Object.entries(samples).filter(([name]) => name.startsWith(`${node}.`));
  return Object.fromEntries(own.map(([name, values]) => [name.slice(node.length + 1), values]));
}

function summarise(samples) {
  const coldStart = mapValues(samples, values => median(values.map(({ wall }) => wall)));
  const net = name => coldStart[name] - coldStart[BARE[name]];
  const details = mapValues(samples, values => ({
    wall: spread(values.map(({ wall }) => wall)),
    cpu: median(values.map(({ cpu }) => cpu)),
    peakMemoryBytes: median(values.map(({ memory }) => memory)),
    ...Object.fromEntries(['load', 'firstCall', 'secondCall'].map(phase => [phase, {
      wall: median(values.map(value => value[phase].wall)),
      cpu: median(values.map(value => value[phase].cpu)),
    }])),
  }));
  return {
    coldStart,
    details,
    ratios: Object.fromEntries(Object.keys(BARE).filter(name => name !== 'ours').map(name => [name, net('ours') / net(name)])),
  };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
