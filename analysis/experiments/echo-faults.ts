import { all, type DemoExperiment, differences, framesOf, hex, nothing } from './experiment.ts';
import { faults, netcat, profiles, type Step, type Target } from './steps.ts';

/** How late a delayed echo may be on a busy machine, in seconds. */
const LATE = 0.5;

function messageUnder(profile: string): (target: Target) => Step[] {
  return (target) => [faults('tcp', profile), netcat(target, 'Test1', 5)];
}

export const delay: DemoExperiment = {
  title: 'Network delay',
  expected: 'the echo is sent 1 s after the message, and has the same bytes',
  steps: messageUnder(profiles.delay),
  evaluate(observations) {
    const [match] = observations.under('echo-tcp', profiles.delay).matches;
    const { request, response } = match ? framesOf(observations, match) : {};
    if (!match || !request || !response) return nothing('delayed echo');
    const took = response.time - request.time;
    return {
      agrees: took >= 1 && took < 1 + LATE && response.payload.equals(request.payload),
      seen: `frame ${response.number} is sent ${took.toFixed(4)} s after frame ${request.number}`,
      evidence: [
        { frame: request, caption: 'the message' },
        { frame: response, caption: `its echo, ${took.toFixed(4)} s later`, marked: all(response) },
      ],
    };
  },
};

export const loss: DemoExperiment = {
  title: 'Packet loss',
  expected: 'the notice "Packet Loss", 11 bytes, in place of the echo',
  steps: messageUnder(profiles.loss),
  evaluate(observations) {
    const [match] = observations.under('echo-tcp', profiles.loss).matches;
    const { request, response } = match ? framesOf(observations, match) : {};
    if (!request || !response) return nothing('lost echo');
    const { payload } = response;
    return {
      agrees: payload.toString('latin1') === 'Packet Loss',
      seen: `frame ${response.number} carries ${payload.length} bytes, "${payload.toString('latin1')}"`,
      evidence: [
        { frame: request, caption: 'the message' },
        { frame: response, caption: 'the notice', marked: all(response) },
      ],
    };
  },
};

export const corruption: DemoExperiment = {
  title: 'Packet corruption',
  expected: 'the echo differs from the message in one byte, which has all its bits flipped',
  steps: messageUnder(profiles.corruption),
  evaluate(observations) {
    const [match] = observations.under('echo-tcp', profiles.corruption).matches;
    const { request, response } = match ? framesOf(observations, match) : {};
    if (!request || !response) return nothing('corrupted echo');
    const marked = differences(request.payload, response.payload);
    const [at = 0] = marked;
    const [before, after] = [request.payload[at], response.payload[at]];
    return {
      agrees: marked.length === 1 && before !== undefined && after === (before ^ 0xff),
      seen: `${marked.length} byte differs: byte ${at} is ${hex(before)} in frame ${request.number}, ${hex(after)} in frame ${response.number}`,
      evidence: [
        { frame: request, caption: `before: byte ${at} is ${hex(before)}`, marked },
        { frame: response, caption: `after: byte ${at} is ${hex(after)}`, marked },
      ],
    };
  },
};
