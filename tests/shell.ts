import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Way } from './way.ts';

const NETCAT = readFileSync(join(import.meta.dirname, 'tls-netcat.ts'), 'utf8');

const PLAIN = `
  dial() {
    [ "$1" = tcp ] || port=$udp_port
    exec 3<>"/dev/$1/$server/$port" 4>&3
  }`;

const TLS = `
  nc() {
    if [ "$1" = -u ]; then command nc "$@"; else node --input-type=module --eval "$netcat" -- "$@"; fi
  }
  export -f nc
  dial() {
    if [ "$1" = udp ]; then
      exec 3<>"/dev/udp/$server/$udp_port" 4>&3
    else
      coproc nc "$server" "$port"
      exec 3<&"\${COPROC[0]}" 4>&"\${COPROC[1]}"
    fi
  }`;

/**
 * Functions and variables for command lines of the client host. `dial tcp` and `dial udp` connect to the echo server,
 * to be read at descriptor 3 and written at 4. `nc` to a TCP port talks in the way of the suite.
 */
export function shellOf(way: Way): { readonly functions: string; readonly environment: readonly string[] } {
  return way === 'tls'
    ? { functions: TLS, environment: [`netcat=${NETCAT}`] }
    : { functions: PLAIN, environment: [] };
}
