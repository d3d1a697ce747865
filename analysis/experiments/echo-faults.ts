import { all, type DemoExperiment, differences, framesOf, hex, nothing } from './experiment.ts';
import { faults, netcat, profiles, type Step, type Target } from './steps.ts';

/** So late a delayed answer may leave on a busy machine, in seconds. */
const LATE = 0.5;

function messageUnder(profile: string): (target: Target) => Step[] {
  return (target) => [faults('tcp', profile), netcat(target, 'Test1', 5)];
}

export const delay: DemoExperiment = {
  section: '3.2.2 A',
  title: 'Network delay',
  expected: 'the echo leaves 1 s after the message, and is the message',
  steps: messageUnder(profiles.delay),
  look(observations) {
    const [match] = observations.under('echo-tcp', profiles.delay).matches;
    const { came, left } = match ? framesOf(observations, match) : {};
    if (!match || !came || !left) return nothing('delayed echo');
    const took = left.time - came.time;
    return {
      agrees: took >= 1 && took < 1 + LATE && left.payload.equals(came.payload),
      seen: `frame ${left.number} leaves ${took.toFixed(4)} s after frame ${came.number}`,
      evidence: [
        { frame: came, says: 'the message comes' },
        { frame: left, says: `its echo leaves ${took.toFixed(4)} s later`, marked: all(left) },
      ],
    };
  },
};

export const loss: DemoExperiment = {
  section: '3.2.2 B',
  title: 'Packet loss',
  expected: 'the notice "Packet Loss", 11 bytes, in place of the echo',
  steps: messageUnder(profiles.loss),
  look(observations) {
    const [match] = observations.under('echo-tcp', profiles.loss).matches;
    const { came, left } = match ? framesOf(observations, match) : {};
    if (!came || !left) return nothing('lost echo');
    return {
      agrees: left.payload.toString('latin1') === 'Packet Loss',
      seen: `frame ${left.number} carries ${left.payload.length} bytes, "${left.payload.toString('latin1')}"`,
      evidence: [
        { frame: came, says: 'the message comes' },
        { frame: left, says: 'the notice leaves', marked: all(left) },
      ],
    };
  },
};

export const corruption: DemoExperiment = {
  section: '3.2.2 C',
  title: 'Packet corruption',
  expected: 'the echo differs from the message in one byte, all bits of it flipped',
  steps: messageUnder(profiles.corruption),
  look(observations) {
    const [match] = observations.under('echo-tcp', profiles.corruption).matches;
    const { came, left } = match ? framesOf(observations, match) : {};
    if (!came || !left) return nothing('corrupted echo');
    const marked = differences(came.payload, left.payload);
    const [at = 0] = marked;
    const [before, after] = [came.payload[at], left.payload[at]];
    return {
      agrees: marked.length === 1 && before !== undefined && after === (before ^ 0xff),
      seen: `${marked.length} byte differs: byte ${at} is ${hex(before)} in frame ${came.number}, ${hex(after)} in frame ${left.number}`,
      evidence: [
        { frame: came, says: `before: byte ${at} is ${hex(before)}`, marked },
        { frame: left, says: `after: byte ${at} is ${hex(after)}`, marked },
      ],
    };
  },
};
