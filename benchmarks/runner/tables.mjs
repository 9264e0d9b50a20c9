// The figures, for people: Markdown that can be read as it is.

const NODES = { node20: 'Node.js 20', node24: 'Node.js 24' };

const COLD_STARTS = {
  bare: 'bare Node.js',
  bound: 'signed by hand (lower bound)',
  ours: '**ours**',
  external: '`NodejsFunction`, SDK of the runtime',
  full: '`NodejsFunction`, SDK bundled',
  boto3Bare: 'bare Python',
  boto3: 'Python and boto3',
};
/** What the others are started in. */
const RUNTIMES = ['bare', 'boto3Bare'];

const WARM = {
  created: 'creates',
  duplicate: 'another event of the same push, in the same process',
  existing: 'another event of the same push, in another process',
};
const WARM_SETTINGS = { settings: 'settings only', policies: 'lifecycle and repository policy too' };

const SYNTHS = {
  bare: 'bare Node.js',
  modules: 'requiring our module (the CDK loads most of its own later)',
  plainModules: 'requiring the modules of the plain app',
  empty: 'an empty stack',
  inline: 'rule, queue, function with inline code',
  plain: 'rule, queue, function with a file asset',
  byHand: 'our resources, written out by hand',
  one: '**one of ours**',
  ten: '10 of ours',
  hundred: '100 of ours',
  plainTen: '10 of rule, queue, function with a file asset',
  plainHundred: '100 of rule, queue, function with a file asset',
  byHandHundred: '100 of our resources, written out by hand',
  entry: 'rule, queue, `NodejsFunction` with `entry`',
  entryWithSdk: 'the same, bundling the SDK',
};

const SECTIONS = [
  ['coldStart', 'Cold start', coldStartTables],
  ['warm', 'Warm path', warmTable],
  ['synth', 'Synth', synthTables],
  ['size', 'Size', sizeTables],
  ['burst', 'Burst', burstTable],
];

export function tables(report) {
  const sections = SECTIONS.filter(([part]) => report[part] !== undefined).map(([, title, render]) => `### ${title}\n\n${render(report)}`);
  return [describeMachine(report.machine), ...sections].join('\n\n');
}

function describeMachine(machine) {
  const { boto3, externalSdk, loadAfter, loadBefore, model, node20, node24, platform, processors, python, rounds, seconds, synthWith } = machine;
  const versions = [
    `Synth with Node.js ${synthWith}`, node20 && `Node.js ${node20}`, node24, python && `Python ${python} with boto3 ${boto3}`,
    externalSdk && `the runtime's SDK ${externalSdk}`,
  ];
  return [
    `${processors} processors (${model ?? 'unknown'}), ${platform}; load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after;`,
    `${rounds} rounds; ${seconds.toFixed(0)} s in all. ${versions.filter(Boolean).join(', ')}.`,
  ].join('\n');
}

function coldStartTables({ bundles, coldStart, coldStartDetails, coldStartRatios }) {
  const nodes = Object.keys(coldStart);
  const net = (node, name) => coldStart[node][name] - coldStart[node][name === 'boto3' ? 'boto3Bare' : 'bare'];
  const compared = table(
    ['from the start of a process to its first repository, ms', ...nodes.flatMap(node => [NODES[node], 'less bare', 'ours ÷ it'])],
    Object.entries(COLD_STARTS).map(([name, title]) => [title, ...nodes.flatMap(node => [
      number(coldStart[node][name]),
      RUNTIMES.includes(name) ? '' : number(net(node, name)),
      name in coldStartRatios[node] ? coldStartRatios[node][name].toFixed(2) : '',
    ])]),
  );
  const phases = nodes.map(node => table(
    [
      `${NODES[node]}: ms (and of these, processor time)`, 'load', 'first call', 'second call', 'processor time in all', 'peak memory, MiB',
      'bytes of code',
    ],
    Object.entries(COLD_STARTS).map(([name, title]) => {
      const { cpu, firstCall, load, peakMemoryBytes, secondCall } = coldStartDetails[node][name];
      const described = ({ wall, cpu: ofThese }) => RUNTIMES.includes(name) ? '' : `${number(wall, 1)} (${number(ofThese, 1)})`;
      return [
        title, ...[load, firstCall, secondCall].map(described), number(cpu), number(peakMemoryBytes / 2 ** 20),
        number(bundles[name] ?? bundles[`${name}-${node}`]),
      ];
    }),
  ));
  return [compared, ...phases].join('\n\n');
}

function warmTable({ warm }) {
  return table(
    ['one event, warm', ...Object.keys(warm).map(node => `${NODES[node]}, ms`), 'calls of ECR'],
    Object.entries(WARM_SETTINGS).flatMap(([settings, described]) => Object.entries(WARM).map(([event, title]) => {
      const results = Object.values(warm).map(byNode => byNode[settings][event]);
      const [{ actions }] = results;
      const calls = Object.entries(actions).map(([action, count]) => count === 1 ? action : `${action} × ${number(count, 2)}`).join(', ');
      return [`${title}; ${described}`, ...results.map(({ milliseconds }) => number(milliseconds, 2)), calls || 'none'];
    })),
  );
}

function synthTables({ synth, synthPerFurther, synthRatios }) {
  return [
    table(['an app with', 'ms', 'one of ours ÷ it'], Object.entries(SYNTHS).map(([name, title]) =>
      [title, number(synth[name]), name in synthRatios ? synthRatios[name].toFixed(2) : ''])),
    table(['each further one', 'ms'], [
      ['ours', number(synthPerFurther.ours, 1)],
      ['ours, up to 10', number(synthPerFurther.oursToTen, 1)],
      ['rule, queue, function with a file asset', number(synthPerFurther.plain, 1)],
      ['our resources, written out by hand', number(synthPerFurther.byHand, 1)],
    ]),
  ].join('\n\n');
}

function sizeTables({ size }) {
  const { bundleBytes, bundleGzipBytes, installedBytes, installedFiles, resources, tarballBytes } = size;
  const types = [...new Set(Object.values(resources).flatMap(Object.keys))].sort();
  const total = counts => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const kinds = ['ours', 'byHand', 'plain'];
  return [
    table(['what', 'bytes'], [
      ['the function\'s code', number(bundleBytes)],
      ['the same, gzipped', number(bundleGzipBytes)],
      ['the npm tarball', number(tarballBytes)],
      [`installed, ${number(installedFiles)} files, without the peers`, number(installedBytes)],
    ]),
    table(['resources of one', 'ours', 'by hand', 'rule, queue, function'], [
      ...types.map(type => [type, ...kinds.map(kind => number(resources[kind][type] ?? 0))]),
      ['in all', ...kinds.map(kind => number(total(resources[kind])))],
    ]),
  ].join('\n\n');
}

function burstTable({ burst }) {
  const row = (title, value) => [title, ...burst.map(value)];
  return table(['executions at a time', ...burst.map(({ concurrency }) => number(concurrency))], [
    row('events', ({ events }) => number(events)),
    row('repositories created', ({ created }) => number(created)),
    row('events lost', ({ lost }) => number(lost)),
    row('seconds to the last repository', ({ seconds }) => number(seconds, 1)),
    row('seconds to the last event\'s end, before the replay', ({ drainedSeconds }) => number(drainedSeconds, 1)),
    row('created before the replay of dead letters', ({ createdBeforeRedrive }) => number(createdBeforeRedrive)),
    row('dead letters, replayed', ({ deadLetters }) => number(deadLetters)),
    row('invocations', ({ invocations }) => number(invocations)),
    row('calls of CreateRepository', ({ createCalls }) => number(createCalls)),
    row('calls of ECR a repository', ({ callsPerRepository }) => number(callsPerRepository, 2)),
    row('calls throttled', ({ throttledCalls }) => number(throttledCalls)),
    row('calls a second that ECR takes of each action', ({ callsPerSecondAllowed }) => number(callsPerSecondAllowed)),
  ]);
}

function table(headers, rows) {
  const lines = [headers, ...rows];
  const widths = headers.map((_, column) => Math.max(3, ...lines.map(line => line[column].length)));
  const format = line => `| ${line.map((cell, column) => column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`).join('|')}|`;
  return [format(headers), rule, ...rows.map(format)].join('\n');
}

function number(value, digits = 0) {
  return value === undefined ? '' : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
