import type { InferOutput } from 'valibot';
import { openControl } from '#lib/control/control.ts';
import { addressNumber } from '#lib/packet/packet.ts';
import { createLog } from '#lib/runtime/log.ts';
import { type Close, runProgram } from '#lib/runtime/program.ts';
import { newSeed } from '#lib/runtime/random.ts';
import { carry } from './carry.ts';
import { configSchema, configuredTexts, problemsTogether } from './config.ts';
import { changedSides, WireControl } from './control.ts';
import { entryOf } from './entry.ts';
import { lastConditions } from './last-conditions.ts';
import { sample } from './samples.ts';
import { Tun } from './tun.ts';
import { missedPackets, watch } from './watch.ts';
import { Wire } from './wire.ts';
import { WireJournal } from './wire-journal.ts';

const log = createLog();
const now = () => new Date();
const clock = () => performance.now();

await runProgram(process, configSchema, log, start, problemsTogether);

async function start(config: InferOutput<typeof configSchema>): Promise<Close> {
  const { LAB_WIRE_ADDRESS: address, LAB_SEED: configuredSeed = newSeed() } = config;
  const configured = configuredTexts(config);
  const { texts, seed } = lastConditions(config.WIRE_JOURNAL, configured) ?? {
    texts: configured,
    seed: configuredSeed,
  };
  const { conditions } = changedSides(texts, {});
  const journal = await WireJournal.open(config.WIRE_JOURNAL, { log, now });
  const tun = new Tun(Number(config.WIRE_DEVICE), clock);
  const wire = new Wire(seed, conditions, {
    address: addressNumber(address),
    clientAddress: addressNumber(config.LAB_CLIENT_ADDRESS),
    transmit: (bytes) => tun.write(bytes),
    onStruck: (struck) => journal.append(entryOf(struck)),
  });
  const control = new WireControl({
    ...{ address, wire, configured, configuredSeed, texts, seed },
    onChange(status) {
      journal.report(status, configured);
      tun.wake();
    },
  });
  const watches = [
    sample(wire, (queue) => journal.append(queue)),
    watch(missedPackets, (packets) => journal.append({ event: 'missed', packets })),
    watch(
      () => tun.refused,
      (packets) => journal.append({ event: 'refused', packets }),
    ),
  ];

  log.info(`The wire forwards packets at ${address}, seed ${seed}`);
  journal.report(control.status(), configured);
  tun.start((error) => {
    log.error(`the device can't be read: ${error.message}`);
    process.exit(1);
  });
  void carry(tun, wire, clock);
  const socket = await openControl(config.CONTROL_SOCKET, {
    problems: () => journal.problems(),
    calls: control.calls,
  });

  return async () => {
    for (const stop of watches) stop();
    tun.close();
    socket.close();
    // The thread that reads the device waits for a packet that may never come. Docker ends it after stop_grace_period.
    await journal.close();
  };
}
