import type { Frame } from '#analysis/capture/frames.ts';
import type { Match } from '#analysis/join/finding.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import { checksum, Message } from '#lib/message/message.ts';
import { type DemoExperiment, framesOf, nothing, type Outcome, type Shown } from './experiment.ts';
import type { Observations } from './observed.ts';
import { echoClient, faults, profiles, type Step, type Target } from './steps.ts';

/** What an answer is to a client that checks it. */
type Reply = 'valid' | 'mismatch' | 'no format';

export const lossThrice: DemoExperiment = {
  section: '3.3.3 1',
  title: 'Packet loss, three attempts',
  expected: 'three messages, each answered by "error_code", and no fourth: the client gives up',
  steps: asks('tcp', profiles.lossThrice, 'Hey'),
  look: answered('echo-tcp', profiles.lossThrice, ['no format', 'no format', 'no format']),
};

export const delayOnce: DemoExperiment = {
  section: '3.3.3 2',
  title: 'Delay beyond the time-out',
  expected: 'the client asks again before the echo of its first message leaves, and then takes that echo',
  steps: asks('tcp', profiles.delayOnce, 'Hey', '--timeout', '0.75'),
  look(observations) {
    const [first, second] = observations.under('echo-tcp', profiles.delayOnce).matches;
    const one = first && framesOf(observations, first);
    const again = observations.frames.find(
      ({ toServer, client, payload, number }) =>
        toServer && client === one?.came?.client && payload.length > 0 && number > one.came.number,
    );
    if (!one?.came || !one.left || !again) return nothing('delayed echo with a second attempt');
    const waited = again.time - one.came.time;
    const took = one.left.time - one.came.time;
    return {
      agrees: again.time < one.left.time && replyOf(one.left) === 'valid',
      seen:
        `the second attempt, frame ${again.number}, comes after ${waited.toFixed(2)} s, ` +
        `the first echo, frame ${one.left.number}, after ${took.toFixed(2)} s`,
      evidence: [
        { frame: one.came, says: 'the first attempt' },
        { frame: again, says: `the second attempt, ${waited.toFixed(2)} s later` },
        { frame: one.left, says: 'the echo of the first, which the client takes' },
        ...(second ? [{ frame: framesOf(observations, second).left, says: 'the echo of the second' }] : []),
      ],
    };
  },
};

export const corruptionOnce: DemoExperiment = {
  section: '3.3.3 3',
  title: 'Corruption, found by the checksum',
  expected: 'an echo whose tag is not the checksum of its body, then a right one',
  steps: asks('tcp', profiles.corruptionOnce, 'Test3'),
  look: answered('echo-tcp', profiles.corruptionOnce, ['mismatch', 'valid']),
};

export const udp: DemoExperiment = {
  section: '3.3.1',
  title: 'The same over UDP',
  expected: 'a notice, an echo with a wrong tag and a right echo: three datagrams each way',
  steps: asks('udp', profiles.udp, 'Hey'),
  look: answered('echo-udp', profiles.udp, ['no format', 'mismatch', 'valid']),
};

/** A client asks, again and again, under a profile. */
function asks(protocol: 'tcp' | 'udp', profile: string, message: string, ...options: string[]) {
  return (target: Target): Step[] => [
    faults(protocol, profile),
    echoClient(target, '--protocol', protocol, '--message', message, ...options),
  ];
}

/** Looks whether, under a profile, one client asked so often and was answered so. */
function answered(decider: Decider, profile: string, expected: readonly Reply[]): DemoExperiment['look'] {
  return (observations) => attempts(observations, observations.under(decider, profile).matches, expected);
}

function attempts(
  observations: Observations,
  matches: readonly Match[],
  expected: readonly Reply[],
): Outcome {
  if (matches.length === 0) return nothing('message of that experiment');
  const rows = matches.map((match) => framesOf(observations, match));
  const replies = rows.map(({ left }) => (left ? replyOf(left) : 'none'));
  const client = rows[0]?.came?.client;
  return {
    agrees: replies.join() === expected.join() && rows.every(({ came }) => came?.client === client),
    seen: `${rows.length} messages of ${client}, answered: ${replies.join(', ')}`,
    evidence: rows.flatMap(({ came, left }, index): Shown[] => [
      { frame: came, says: `attempt ${index + 1}` },
      { frame: left, says: left ? describeReply(left) : 'no answer' },
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
  if (tag === undefined) return 'its answer has no tag: a notice';
  const own = checksum(body);
  return own === tag
    ? `its echo: the tag ${tag} is right`
    : `its echo: the tag is ${tag}, the checksum of the body ${own}`;
}
