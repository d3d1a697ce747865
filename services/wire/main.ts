import { openControl } from '#lib/control/control.ts';
import { openJournal } from '#lib/journal/open-journal.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { addressNumber } from '#lib/packet/packet.ts';
import { createLog } from '#lib/runtime/log.ts';
import { runProgram } from '#lib/runtime/program.ts';
import { newSeed } from '#lib/runtime/random.ts';
import { timer } from '#lib/runtime/timer.ts';
import { configSchema, configuredTexts } from './config.ts';
import { changedSides, WireControl, type WireStatus } from './control.ts';
import { entryOf } from './entry.ts';
import { watchMissed } from './missed.ts';
import { Pace } from './pace.ts';
import { sample } from './samples.ts';
import { Tun } from './tun.ts';
import { Wire } from './wire.ts';

const log = createLog();
const now = () => new Date();
const clock = () => performance.now();

await runProgram(process, configSchema, log, async (config) => {
  const { LAB_WIRE_ADDRESS: address, LAB_SEED: seed = newSeed() } = config;
  const configured = configuredTexts(config);
  const { conditions } = changedSides(configured, {});
  const { journal } = await openJournal<WireEntry>(config.WIRE_JOURNAL, { log, now });
  const tun = new Tun(Number(config.WIRE_DEVICE));

  const append = (entry: object) => {
    const line = { timestamp: now().toISOString(), id: journal.nextId(), ...entry } as WireEntry;
    journal.append(line).catch((error: unknown) => log.error(`the journal can't be written: ${error}`));
  };
  const wire = new Wire(seed, conditions, {
    address: addressNumber(address),
    clientAddress: addressNumber(config.LAB_CLIENT_ADDRESS),
    transmit: (bytes) => transmit(bytes),
    onStruck: (struck) => append(entryOf(struck)),
  });
  const pace = new Pace((time) => wire.advance(time), clock, timer);
  const control = new WireControl({
    address,
    wire,
    configured,
    seed,
    onChange(status) {
      report(status);
      pace.act();
    },
  });

  function transmit(bytes: Buffer): void {
    try {
      tun.write(bytes);
    } catch (error) {
      log.warn(`a packet of ${bytes.length} bytes was not forwarded: ${error}`);
    }
  }

  function report(status: WireStatus): void {
    const { up, down } = status.directions;
    append({ event: 'wire', address, seed: status.seed, up: up.conditions, down: down.conditions });
    log.info(`Up, client host to server host: ${up.conditions}`);
    log.info(`Down, server host to client host: ${down.conditions}`);
  }

  const stopSampling = sample(wire, append);
  const stopWatching = watchMissed((packets) => append({ event: 'missed', packets }));
  tun.start(
    (bytes) => {
      wire.receive(bytes, clock());
      pace.act();
    },
    (error) => {
      log.error(`the device can't be read: ${error.message}`);
      process.exit(1);
    },
  );
  const socket = await openControl(config.CONTROL_SOCKET, {
    problems: () => [journal.check()].filter((problem) => problem !== undefined),
    calls: control.calls,
  });
  log.info(`The wire forwards packets at ${address}, seed ${seed}`);
  report(control.status());

  return async () => {
    stopSampling();
    stopWatching();
    tun.close();
    pace.stop();
    socket.close();
    await journal.close();
    // A read of the device waits in another thread, for a packet that may never come.
    process.exit(0);
  };
});
