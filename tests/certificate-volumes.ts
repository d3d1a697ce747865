import type { Lab } from './lab.ts';

/**
 * Functions for command lines in the volumes: `again` runs the program of the service. `issue NAME WORD…` makes a
 * certificate with these words for `openssl req`. `give PROGRAM NAME` gives the certificate and its key to a program.
 */
const TOOLS = `
  cd /volumes
  by_ca='-CA /volumes/ca/certificate.pem -CAkey /volumes/ca/key.pem'
  expired='-not_before 20200101000000Z -not_after 20200131235959Z'
  again() { /lab/services/certificates/certificates.sh "$@"; }
  issue() {
    name=$1
    shift
    openssl req -config /dev/null -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \\
      -keyout /tmp/$name.key -out /tmp/$name.pem -subj /CN=$name "$@" 2>/dev/null
  }
  give() {
    install -m 440 /tmp/$2.key $1/key.pem
    install -m 444 /tmp/$2.pem $1/certificate.pem
  }
  cut() {
    head -c 100 $1 >$1.cut
    mv -f $1.cut $1
  }
  sums() { sha256sum */*; }
  whole() {
    for of in http/:server echo/:server client/host-:server client/:client; do
      path=\${of%:*}
      cmp ca/certificate.pem \${path%/*}/ca.pem
      openssl verify -CAfile \${path%/*}/ca.pem -purpose ssl\${of#*:} \${path}certificate.pem >/dev/null
      openssl x509 -in \${path}certificate.pem -noout -pubkey | cmp - <(openssl pkey -in \${path}key.pem -pubout)
    done
  }
`;

/** How a command line has changed the volumes. */
export interface Change {
  /** Paths of the new and the changed files, sorted. */
  readonly files: readonly string[];
  readonly printed: string;
}

/** SHA-256 of each file, by its path in the folder of the volumes. */
export type Sums = Readonly<Record<string, string>>;

/** A shell with all volumes of certificates, as only the service `certificates` has them. */
export class CertificateVolumes {
  readonly #lab: Lab;
  readonly #container: string;

  private constructor(lab: Lab, container: string) {
    this.#lab = lab;
    this.#container = container;
  }

  /** It ends with the lab. */
  static async open(lab: Lab): Promise<CertificateVolumes> {
    const { stdout } = await lab.compose('run', '--detach', '--no-deps', 'certificates', 'sleep', 'infinity');
    const volumes = new CertificateVolumes(lab, stdout.trim());
    // The start of the lab may still be making the files. This is the last one.
    await volumes.run('until test -e client/ca.pem; do sleep 0.05; done');
    return volumes;
  }

  /** Runs a command line, and returns what it prints. @throws when it fails */
  async run(line: string): Promise<string> {
    const bash = ['bash', '-euo', 'pipefail', '-c', `${TOOLS}\n${line}`];
    const { code, stdout, stderr } = await this.#lab.docker('exec', this.#container, ...bash);
    if (code !== 0) throw new Error(`${line}: ${stderr}${stdout}`);
    return stdout;
  }

  async sums(): Promise<Sums> {
    return sumsOf(await this.run('sums'));
  }

  /** Runs a command line, after which the CA must have signed every certificate, and each must have its key. */
  async change(line: string): Promise<Change> {
    const border = '--';
    const output = await this.run(`sums; echo ${border}\n${line}\necho ${border}; whole; sums`);
    const [before = '', printed = '', after = ''] = output.split(`${border}\n`);
    const [old, now] = [sumsOf(before), sumsOf(after)];
    const paths = new Set([...Object.keys(old), ...Object.keys(now)]);
    return { printed, files: [...paths].filter((path) => old[path] !== now[path]).sort() };
  }
}

function sumsOf(text: string): Sums {
  const lines = text.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/ +/).reverse() as [string, string]));
}
