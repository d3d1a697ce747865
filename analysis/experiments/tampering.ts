import type { Frame } from '#analysis/capture/frames.ts';
import { describeFailure } from '#analysis/join/describe.ts';
import type { HandshakeMatch } from '#analysis/join/finding.ts';
import type { WireMatch } from '#analysis/wire/finding.ts';
import { clientOf } from '#lib/journal/entries.ts';
import { endpoint } from '#lib/lab/ports.ts';
import { payloadOf } from '#lib/packet/packet.ts';
import { type DemoExperiment, framesOf, nothing, ofClient, type Shown } from './experiment.ts';
import type { Observations } from './observed.ts';
import { echoClient, netcat, profiles, type Step, type Target, up } from './steps.ts';
import { attack, conditions, noWire, wire } from './wire-steps.ts';
import type { Carriage } from './wired.ts';

const { find, put } = attack.message;
/** The token of the demo, which signs messages. */
const TOKEN = 'open-sesame';
/** The name in the server's certificate. */
const HOST = 'server-host';

export const tampering: DemoExperiment = {
  title: 'A message that is altered on the way',
  expected: `"${find}" arrives as "${put}": in plain text it is echoed, with an HMAC it is refused; over TLS the handshake fails, and no message arrives`,
  onWire: true,
  steps: (target) => [
    wire(conditions.overTls),
    overTls(target),
    wire(conditions.plain),
    netcat(target, find, 5),
    // It returns the wire to its settings.
    up(target, { LAB_TOKEN: TOKEN }),
    wire(conditions.plain),
    echoClient(target, '--protocol', 'tcp', '--message', find, '--retries', '1'),
    noWire,
    up(target),
  ],
  evaluate(observations) {
    const plain = alteredIn(observations, 'none');
    const signed = alteredIn(observations, 'refused');
    const tls = failedOverTls(observations);
    if (!plain || !signed || !tls) return nothing('altered message in plain text, with an HMAC and over TLS');
    const [echo, refusal] = [textOf(plain.reply), textOf(signed.reply)];
    return {
      agrees:
        echo === put && textOf(plain.arrived) === put && refusal.startsWith('refused: ') && !tls.hasMessage,
      seen:
        `plain text: frame ${plain.arrived.number} has "${textOf(plain.arrived)}", frame ${plain.reply.number} echoes "${echo}"; ` +
        `HMAC: frame ${signed.reply.number} answers "${refusal}"; ` +
        `TLS: ${describeFailure(tls.failure.entry)}, ${tls.hasMessage ? 'and a' : 'no'} message arrives`,
      evidence: [
        ...evidenceOf(plain, 'the echo, another text'),
        ...evidenceOf(signed, 'the answer: the HMAC is not that of the message'),
        ...tls.evidence,
      ],
    };
  },
};

function overTls({ ports }: Target): Step {
  const options = ['--tls', '--protocol', 'tcp', '--retries', '1', '--message', find];
  return ['client', 'client', 'echo', HOST, String(ports.echoTls), ...options];
}

/** A message that the wire altered, as it arrived, and what the server answered. */
interface Altered {
  readonly sent: Shown;
  readonly arrived: Frame;
  readonly reply: Frame;
}

/** The altered message for which the server made this decision. */
function alteredIn(observations: Observations, fault: 'none' | 'refused'): Altered | undefined {
  const carriage = observations.wired.under(conditions.plain);
  if (!carriage) return undefined;
  for (const match of observations.under('echo-tcp', profiles.wire).matches) {
    const { request, response } = framesOf(observations, match);
    if (!request || !response || !carriage.has(request.time)) continue;
    if (!('fault' in match.entry) || match.entry.fault !== fault) continue;
    const tampered = tamperedIn(carriage).find(({ received }) => received[0]?.number === request.number);
    const sent = tampered && sentFrame(carriage, tampered);
    if (sent) return { sent, arrived: request, reply: response };
  }
  return undefined;
}

function evidenceOf({ sent, arrived, reply }: Altered, caption: string): Shown[] {
  return [
    sent,
    {
      frame: arrived,
      caption: 'the same packet in the capture of the server',
      marked: [...Buffer.from(put).keys()],
    },
    { frame: reply, caption },
  ];
}

interface Failed {
  readonly failure: HandshakeMatch;
  /** A message arrived all the same. */
  readonly hasMessage: boolean;
  readonly evidence: readonly Shown[];
}

function failedOverTls(observations: Observations): Failed | undefined {
  const carriage = observations.wired.under(conditions.overTls);
  const [tampered] = carriage ? tamperedIn(carriage) : [];
  if (!carriage || !tampered) return undefined;
  const client = endpoint(tampered.entry.source, tampered.entry.source_port ?? 0);
  const failure = observations.handshakes.find(
    ({ entry, request }) => clientOf(entry) === client && request.some(({ time }) => carriage.has(time)),
  );
  const sent = sentFrame(carriage, tampered, attack.name.find);
  if (!failure || !sent) return undefined;
  const messages = observations.under('echo-tcp', profiles.wire).matches;
  return {
    failure,
    hasMessage: messages.some(({ request }) => request.some(({ time }) => carriage.has(time))),
    evidence: [sent, { frame: observations.frame(failure.shows), caption: describeFailure(failure.entry) }],
  };
}

function tamperedIn({ decisions }: Carriage): WireMatch[] {
  return decisions.filter(
    ({ entry, from, reason }) =>
      entry.fault === 'tamper' && from === 'client' && reason === 'arrived-altered',
  );
}

/** The packet as the client sent it, with the text that the wire replaces. */
function sentFrame(
  { sent, packets }: Carriage,
  { sent: ref }: WireMatch,
  text: string = find,
): Shown | undefined {
  const own = sent.find(({ from, frame }) => from === 'client' && frame.number === ref?.number);
  const packet = packets.find(({ from, frame }) => from === 'client' && frame === ref?.number);
  if (!own || !packet) return undefined;
  const payload = payloadOf(own.packet);
  const at = Math.max(0, payload.indexOf(text));
  return {
    ...ofClient(packet, 'what the client sent', payload),
    marked: [...Buffer.from(text).keys()].map((place) => at + place),
  };
}

function textOf({ payload }: Frame): string {
  return payload.toString('latin1').trimEnd();
}
