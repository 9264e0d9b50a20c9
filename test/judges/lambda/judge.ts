import '../../setup/environment';
import { realpathSync, rmSync } from 'node:fs';
import { synthesizeStack } from '../../local-aws/demo-app';
import { runJudge, type Verdict } from '../verdict';
import { APPS, type TransportApp } from './apps';
import type { Emulator } from './emulator';
import { FunctionJudge } from './function-judge';
import { installPrograms, type Programs } from './programs';
import { judgeEvents, judgeFailures, judgeRedrive, judgeSilence } from './scenarios';

void runJudge('lambda', async verdict => {
  verdict.expect('transports', 'invocations', 'checks');
  const programs = await installPrograms();
  console.error(programs.versions);
  for (const app of APPS) {
    await judgeApp(verdict, programs, app);
    verdict.count('transports');
  }
});

async function judgeApp(verdict: Verdict, programs: Programs, app: TransportApp): Promise<void> {
  const assembly = synthesizeStack(app.define);
  const judge = await FunctionJudge.deploy(verdict, programs, app, assembly);
  try {
    const emulator = await judge.start();
    try {
      await judgeEvents(judge, emulator);
      await judgePrograms(judge, emulator);
      await judgeFailures(judge, emulator);
      await judgeRedrive(judge, emulator);
      // The same for each of them, and it takes its time.
      if (app === APPS[0]) await judgeSilence(judge, emulator);
    } finally {
      const left = await emulator.stop();
      judge.check('no process is left', left.length === 0, left);
    }
  } finally {
    await judge.close();
    rmSync(assembly, { recursive: true });
  }
}

/** That it is the real client on the right Node.js, with its native part, that has run the function. */
async function judgePrograms(judge: FunctionJudge, emulator: Emulator): Promise<void> {
  const { client, node } = judge.programs;
  const runtimes = await emulator.runtimes();
  judge.check('there is one process', runtimes.length === 1, runtimes.map(({ commandLine }) => commandLine));
  for (const { commandLine, mapped, program } of runtimes) {
    judge.check(`the process is one of ${node}`, program === realpathSync(node), program);
    judge.check(`it runs ${client}`, commandLine[1] === client, commandLine);
    judge.check('it has the native part of the client', mapped.includes('/aws-lambda-ric/rapid-client.node'), mapped);
  }
}
