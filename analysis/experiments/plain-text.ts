import { all, type DemoExperiment, nothing } from './experiment.ts';
import { netcat, up } from './steps.ts';

/** The newline is added by echo, before netcat. */
const TEXT = 'Hello from Client\n';

export const plainText: DemoExperiment = {
  title: 'Plain text to the sink',
  expected: `the ${TEXT.length} bytes "Hello from Client" and a newline, readable in one frame; an ACK and no answer`,
  steps: (target) => [up(target, { ECHO_MODE: 'sink' }), netcat(target, TEXT.trimEnd(), 1), up(target)],
  evaluate(observations) {
    const frames = observations.sunk().filter(({ transport }) => transport === 'tcp');
    const text = frames.find(({ toServer, payload }) => toServer && payload.length > 0);
    if (!text) return nothing('text to the sink');
    const ack = frames.find(({ toServer, number }) => !toServer && number > text.number);
    const answered = frames.some(({ toServer, payload }) => !toServer && payload.length > 0);
    const acknowledged = ack ? (ack.ack - text.seq) >>> 0 : 0;
    return {
      agrees: text.payload.toString('latin1') === TEXT && acknowledged === TEXT.length && !answered,
      seen:
        `frame ${text.number} carries ${text.payload.length} bytes of plain text, ` +
        `frame ${ack?.number ?? 'none'} acknowledges ${acknowledged}, ${answered ? 'an' : 'no'} answer is sent`,
      evidence: [
        { frame: text, caption: 'the message, readable for everybody on the way', marked: all(text) },
        { frame: ack, caption: "TCP's ACK: the message has arrived" },
      ],
    };
  },
};
