import { readdirSync, readFileSync } from 'node:fs';

/** A session, after setsid(2): all programs that were started on a terminal. */
export interface Session {
  /** Sends a signal to each program in it. */
  signal(...signals: readonly NodeJS.Signals[]): void;
}

/** @param leader the process that began the session */
export function sessionOf(leader: number): Session {
  return {
    signal(...signals) {
      for (const member of membersOf(leader, statsOfAll())) {
        for (const signal of signals) send(member, signal);
      }
    },
  };
}

/** The processes of a session, by the texts of /proc/PID/stat (proc_pid_stat(5)). */
export function membersOf(session: number, stats: readonly string[]): number[] {
  return stats.flatMap((stat) => {
    // The name of the program is in parentheses, and can have any character.
    const [, , , own] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(own) === session ? [Number.parseInt(stat, 10)] : [];
  });
}

function statsOfAll(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/stat`, 'utf8')];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function send(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // It has ended meanwhile.
  }
}
