# pty.pl COLUMNS ROWS COMMAND…: runs the command on a new terminal, whose other side is file 3. First it prints the path of
# the terminal. The caller has made it the leader of a session. Node can't do this by itself, because it has no ioctl.
use strict;
use warnings;
use POSIX ();

use constant { TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSWINSZ => 0x5414 };    # asm-generic/ioctls.h

my ($columns, $rows, @command) = @ARGV;
open(my $master, '+<&=', 3) or die "file 3 can't be used: $!\n";
my $locked = my $number = pack('i', 0);
ioctl($master, TIOCSPTLCK, $locked) or die "the terminal can't be unlocked: $!\n";
ioctl($master, TIOCGPTN, $number) or die "the terminal has no number: $!\n";
ioctl($master, TIOCSWINSZ, pack('S4', $rows, $columns, 0, 0)) or die "the terminal can't have this size: $!\n";
my $path = '/dev/pts/' . unpack('i', $number);

# The leader of a session gets the first terminal that it opens as its own.
open(my $terminal, '+<', $path) or die "$path can't be opened: $!\n";
syswrite(STDOUT, "$path\n") or die "the caller has left: $!\n";
close $master;
POSIX::dup2(fileno($terminal), $_) // die "$path can't be file $_: $!\n" for 0 .. 2;
exec { $command[0] } @command or die "$command[0]: $!\n";
