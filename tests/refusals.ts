import type { Lab } from './lab.ts';

/** A refusal on the wire: an alert by its number (RFC 8446, 6), a status, a text, or only the end of the connection. */
export type Wire =
  | { readonly alert: number }
  | { readonly status: string }
  | { readonly text: string }
  | { readonly end: true };

/** A client that is refused by the server, or that refuses the server. */
export interface Refusal {
  readonly what: string;
  readonly server: 'http' | 'echo';
  /** The client, as a command line of the client host. */
  readonly line: string;
  /** What the client prints. */
  readonly prints: string;
  /** The entry in the server's journal, without the client. */
  readonly entry: object;
  readonly wire: Wire;
}

export const OLD = '@SECLEVEL=0';
const UNKNOWN_CA = "the client does not know the CA of the server's certificate (alert unknown_ca)";
const LEFT = "the client disconnected during the handshake; it probably rejected the server's certificate";
const LEFT_12 =
  "the client disconnected right after the handshake; it probably rejected the server's certificate";
const TOO_OLD = 'the TLS version of the client is too old (alert protocol_version)';
const NO_CERTIFICATE =
  'the client sent no certificate (alert certificate_required; in TLS 1.2 handshake_failure)';
const HINT = 'it probably rejected the certificate of this client';

/** A row for both servers over TLS. */
interface Both {
  readonly what: string;
  /** Options of `client`, after `--tls`. */
  readonly client?: string;
  /** Or other programs: options of curl and of openssl s_client. */
  readonly curl?: string;
  readonly openssl?: string;
  readonly prints: string;
  readonly reason: string;
  readonly wire: Wire;
}

/** TLS 1.0, which no setting allows. */
const tooOld = {
  curl: `--insecure --tlsv1.0 --tls-max 1.0 --ciphers ALL:${OLD}`,
  openssl: `-tls1 -cipher ALL:${OLD}`,
  prints: 'tlsv1 alert protocol version',
  reason: TOO_OLD,
  wire: { alert: 70 },
};

/** The command lines, in which `$server` is the server host. */
export function commandsOf(lab: Lab) {
  const { httpPort, httpsPort, echoPort, echoTlsPort } = lab;
  return {
    balance: (options = '', port = httpsPort) =>
      `client balance $server ${port} --requests 1 --interval 0 --timeout 60 ${options}`,
    echo: (options = '', port = echoTlsPort) =>
      `client echo $server ${port} --retries 1 --timeout 60 ${options.includes('--message') ? '' : '--message Hey'} ${options}`,
    curl: (options: string, path = '/getbalance') =>
      `curl --silent --show-error --max-time 60 ${options} https://$server:${httpsPort}${path}`,
    openssl: (options: string) =>
      `timeout 60 openssl s_client -connect $server:${echoTlsPort} ${options} </dev/null`,
    plainBalance: (options = '') =>
      `client balance $server ${httpPort} --requests 1 --interval 0 --timeout 60 ${options}`,
    plainEcho: (options = '') =>
      `client echo $server ${echoPort} --retries 1 --timeout 60 --message Hey ${options}`,
    send: (options = '') =>
      `client send $server ${echoPort} --protocol-mode stop-and-wait --text hello ${options}`,
  };
}

function overTls(lab: Lab, rows: readonly Both[]): Refusal[] {
  const { balance, echo, curl, openssl } = commandsOf(lab);
  return rows.flatMap(
    ({ what, client, curl: byCurl = '', openssl: byOpenssl = '', prints, reason, wire }) => {
      const common = { prints, wire, entry: { event: 'handshake', reason } };
      const [http, other] =
        client === undefined
          ? [curl(byCurl), openssl(byOpenssl)]
          : [balance(`--tls ${client}`), echo(`--tls ${client}`)];
      return [
        { what: `${what}, HTTP`, server: 'http', line: http, ...common },
        { what: `${what}, echo`, server: 'echo', line: other, ...common },
      ] satisfies Refusal[];
    },
  );
}

/** Clients that don't trust the server, or whose TLS version it does not accept. LAB_TLS_MIN is 1.3. */
export const untrusting = (lab: Lab): Refusal[] => [
  ...overTls(lab, [
    {
      what: 'no CA',
      openssl: '-verify_return_error',
      prints: 'self-signed certificate in certificate chain',
      reason: UNKNOWN_CA,
      wire: { alert: 48 },
    },
    {
      what: 'another CA',
      client: '--ca /tmp/foreign.pem',
      prints: 'was issued by an unknown CA, so the server may be anybody',
      reason: LEFT,
      wire: { end: true },
    },
    { what: 'TLS 1.0', ...tooOld },
    {
      what: 'TLS 1.2 where 1.3 is the oldest',
      client: '1.2',
      prints: 'does not accept this version of TLS',
      reason: TOO_OLD,
      wire: { alert: 70 },
    },
  ]),
  {
    what: 'plain text on a TLS port, HTTP',
    server: 'http',
    // Credentials for the plain port would be readable in the capture.
    line: `LAB_TOKEN= LAB_BASIC= ${commandsOf(lab).balance()}`,
    prints: 'closed it without an answer',
    entry: { event: 'handshake', reason: 'plain HTTP on a TLS port' },
    wire: { end: true },
  },
  {
    what: 'plain text on a TLS port, echo',
    server: 'echo',
    line: `LAB_TOKEN= ${commandsOf(lab).echo()}`,
    prints: 'by server, retrying',
    entry: { event: 'handshake', reason: 'the client sent something other than TLS' },
    wire: { end: true },
  },
];

/** Other certificates of the server: how each is made, and what happens to clients. */
export const shown = (lab: Lab): { readonly make: string; readonly refusals: Refusal[] }[] => [
  {
    make: `issue new $by_ca $expired -addext subjectAltName=IP:${lab.server}`,
    refusals: overTls(lab, [
      {
        what: 'expired server certificate',
        client: '',
        prints: 'has expired',
        reason: LEFT,
        wire: { end: true },
      },
      {
        what: 'expired server certificate, other programs',
        curl: '--cacert /certificates/ca.pem',
        openssl: '-CAfile /certificates/ca.pem -verify_return_error',
        prints: 'certificate has expired',
        reason: "for the client, the server's certificate has expired (alert certificate_expired)",
        wire: { alert: 45 },
      },
    ]),
  },
  {
    make: 'issue new $by_ca -days 2 -addext subjectAltName=DNS:elsewhere',
    refusals: overTls(lab, [
      {
        what: 'server certificate of another host',
        client: '',
        prints: 'is for other names: DNS:elsewhere',
        reason: LEFT,
        wire: { end: true },
      },
    ]),
  },
  {
    make: `issue new -days 2 -addext subjectAltName=IP:${lab.server}`,
    refusals: overTls(lab, [
      {
        what: 'self-signed server certificate',
        client: '',
        prints: 'is self-signed: no CA has confirmed it',
        reason: LEFT,
        wire: { end: true },
      },
      {
        what: 'self-signed server certificate, other programs',
        curl: '--cacert /certificates/ca.pem',
        openssl: '-CAfile /certificates/ca.pem -verify_return_error',
        prints: 'self-signed certificate',
        reason: UNKNOWN_CA,
        wire: { alert: 48 },
      },
    ]),
  },
];

/** Clients without the certificate that LAB_MTLS=1 requires. LAB_TLS_MIN is 1.2. */
export const uncertified = (lab: Lab): Refusal[] =>
  overTls(lab, [
    {
      what: 'no client certificate, TLS 1.3',
      client: '1.3 --no-certificate',
      prints: 'requires a client certificate, and the client sent none',
      reason: NO_CERTIFICATE,
      wire: { alert: 116 },
    },
    {
      what: 'no client certificate, TLS 1.2',
      client: '1.2 --no-certificate',
      prints: 'refused the handshake: it requires a client certificate or another cipher suite',
      reason: NO_CERTIFICATE,
      wire: { alert: 40 },
    },
    ...(['1.3', '1.2'] as const).map((version) => ({
      what: `client certificate of another CA, TLS ${version}`,
      client: `${version} --certificate /tmp/of-foreign.pem --key /tmp/of-foreign.key`,
      prints: version === '1.3' ? HINT : 'closed it without an answer',
      reason: 'the client certificate was issued by another CA',
      wire: { end: true } as const,
    })),
    {
      what: 'self-signed client certificate',
      client: '1.3 --certificate /tmp/foreign.pem --key /tmp/foreign.key',
      prints: HINT,
      reason: 'the client certificate is self-signed',
      wire: { end: true },
    },
    {
      what: 'expired client certificate',
      client: '1.3 --certificate /certificates/expired.pem --key /certificates/expired.key',
      prints: HINT,
      reason: 'the client certificate has expired',
      wire: { end: true },
    },
    {
      what: "a server's certificate as a client's",
      client: '1.3 --certificate /certificates/host-certificate.pem --key /certificates/host-key.pem',
      prints: HINT,
      reason: 'the client certificate is not meant for clients',
      wire: { end: true },
    },
    {
      what: 'another CA, TLS 1.2',
      client: '1.2 --ca /tmp/foreign.pem',
      prints: 'was issued by an unknown CA, so the server may be anybody',
      reason: LEFT_12,
      wire: { end: true },
    },
    { what: 'TLS 1.0 where 1.2 is the oldest', ...tooOld },
  ]);
