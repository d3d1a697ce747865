import type { Frame } from '#analysis/capture/frames.ts';
import type { Match } from '#analysis/join/finding.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import { checksum, Message } from '#lib/message/message.ts';
import { type DemoExperiment, framesOf, nothing, type Outcome, type Shown } from './experiment.ts';
import type { Observations } from './observed.ts';
import { echoClient, faults, profiles, type Step, type Target } from './steps.ts';

/** The result of an answer for a client that checks it. */
type Reply = 'valid' | 'mismatch' | 'no format';

export const lossThrice: DemoExperiment = {
  title: 'Packet loss, three attempts',
  expected: 'three messages, each answered by "error_code", and no fourth: the client gives up',
  steps: asks('tcp', profiles.lossThrice, 'Hey'),
  evaluate: answered('echo-tcp', profiles.lossThrice, ['no format', 'no format', 'no format']),
};

export const delayOnce: DemoExperiment = {
  title: 'Delay beyond the timeout',
  expected: 'the client retries before the echo of its first message is sent, and then accepts that echo',
  steps: asks('tcp', profiles.delayOnce, 'Hey', '--timeout', '0.6'),
  evaluate(observations) {
    const [first, second] = observations.under('echo-tcp', profiles.delayOnce).matches;
    const one = first && framesOf(observations, first);
    const retry = observations.frames.find(
      ({ toServer, client, payload, number }) =>
        toServer && client === one?.request?.client && payload.length > 0 && number > one.request.number,
    );
    if (!one?.request || !one.response || !retry) return nothing('delayed echo with a second attempt');
    const waited = retry.time - one.request.time;
    const took = one.response.time - one.request.time;
    const echoOfSecond = second && framesOf(observations, second).response;
    return {
      agrees: retry.time < one.response.time && replyOf(one.response) === 'valid',
      seen:
        `the second attempt, frame ${retry.number}, is sent after ${waited.toFixed(2)} s, ` +
        `the first echo, frame ${one.response.number}, after ${took.toFixed(2)} s`,
      evidence: [
        { frame: one.request, caption: 'the first attempt' },
        { frame: retry, caption: `the second attempt, ${waited.toFixed(2)} s later` },
        { frame: one.response, caption: 'the echo of the first attempt, which the client accepts' },
        ...(second ? [{ frame: echoOfSecond, caption: 'the echo of the second attempt' }] : []),
      ],
    };
  },
};

export const corruptionOnce: DemoExperiment = {
  title: 'Corruption, found by the checksum',
  expected: 'an echo whose tag is not the checksum of its body, then a correct one',
  steps: asks('tcp', profiles.corruptionOnce, 'Test3'),
  evaluate: answered('echo-tcp', profiles.corruptionOnce, ['mismatch', 'valid']),
};

export const udp: DemoExperiment = {
  title: 'The same over UDP',
  expected: 'a notice, an echo with a wrong tag and a correct echo: three datagrams each way',
  steps: asks('udp', profiles.udp, 'Hey'),
  evaluate: answered('echo-udp', profiles.udp, ['no format', 'mismatch', 'valid']),
};

/** The steps of a client that retries under a profile. */
function asks(protocol: 'tcp' | 'udp', profile: string, message: string, ...options: string[]) {
  return (target: Target): Step[] => [
    faults(protocol, profile),
    echoClient(target, '--protocol', protocol, '--message', message, ...options),
  ];
}

/** Checks that one client under a profile got exactly these answers. */
function answered(decider: Decider, profile: string, expected: readonly Reply[]): DemoExperiment['evaluate'] {
  return (observations) => attempts(observations, observations.under(decider, profile).matches, expected);
}

function attempts(
  observations: Observations,
  matches: readonly Match[],
  expected: readonly Reply[],
): Outcome {
  if (matches.length === 0) return nothing('message of that experiment');
  const rows = matches.map((match) => framesOf(observations, match));
  const replies = rows.map(({ response }) => (response ? replyOf(response) : 'none'));
  const client = rows[0]?.request?.client;
  return {
    agrees: replies.join() === expected.join() && rows.every(({ request }) => request?.client === client),
    seen: `${rows.length} messages of ${client}, answers: ${replies.join(', ')}`,
    evidence: rows.flatMap(({ request, response }, index): Shown[] => [
      { frame: request, caption: `attempt ${index + 1}` },
      { frame: response, caption: response ? describeReply(response) : 'no answer' },
    ]),
  };
}

function replyOf({ payload }: Frame): Reply {
  const { tag, body } = new Message(payload);
  if (tag === undefined) return 'no format';
  return checksum(body) === tag ? 'valid' : 'mismatch';
}

function describeReply(frame: Frame): string {
  const { tag, body } = new Message(frame.payload);
  if (tag === undefined) return 'the answer: a notice without a tag';
  const own = checksum(body);
  return own === tag
    ? `the echo: its tag ${tag} is correct`
    : `the echo: its tag is ${tag}, the checksum of its body is ${own}`;
}
