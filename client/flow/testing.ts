/** A line of ss for a socket that sends, with the values that matter. */
export function socketLine({
  client = 40_000,
  port = 5201,
  cwnd = 10,
  sent = 200_000,
  acked = 100_000,
  rtt = '51.969/11.796',
  state = 'ESTAB',
  isServer = false,
} = {}): string {
  const ends = [`10.0.142.133:${client}`, `10.0.28.182:${port}`];
  return [
    `${state} 0      131072 ${(isServer ? ends.toReversed() : ends).join(' ')} cubic wscale:10,10 rto:252`,
    `rtt:${rtt} ato:40 mss:1448 pmtu:1500 cwnd:${cwnd} ssthresh:28 bytes_sent:${sent} bytes_retrans:2896`,
    `bytes_acked:${acked} bytes_received:1 segs_out:140 send 7801234bps lastsnd:8 pacing_rate 9361480bps`,
    `delivery_rate 8912304bps delivered:88 busy:304ms unacked:34 retrans:0/2 lost:3 sacked:4 minrtt:21.5`,
  ].join(' ');
}

/** What iperf3 prints after a test. */
export function resultOf(
  streams: readonly { readonly port: number; readonly bytes: number; readonly retransmits?: number }[],
  { seconds = 2, error }: { readonly seconds?: number; readonly error?: string } = {},
): string {
  const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0);
  const whole = { bytes, seconds, bits_per_second: (8 * bytes) / seconds };
  return JSON.stringify({
    start: { connected: streams.map(({ port }, at) => ({ socket: 5 + at, local_port: port })) },
    end: {
      streams: streams.map(({ bytes, retransmits = 0 }, at) => {
        const ends = { socket: 5 + at, bytes, seconds, bits_per_second: (8 * bytes) / seconds };
        return { sender: { ...ends, retransmits }, receiver: ends };
      }),
      sum_sent: whole,
      sum_received: whole,
    },
    ...(error === undefined ? {} : { error }),
  });
}
