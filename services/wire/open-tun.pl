# open-tun.pl COMMAND…: opens the TUN device tun0, which exists already, as file 3, then runs the command. Node can't do
# this by itself, because it has no ioctl.
use strict;
use warnings;
use POSIX ();

use constant TUNSETIFF => 0x400454ca;                         # linux/if_tun.h
use constant { IFF_TUN => 0x0001, IFF_NO_PI => 0x1000 };

$^F = 3;    # Perl closes files with a higher number when it runs the command.
open(my $tun, '+<', '/dev/net/tun') or die "/dev/net/tun can't be opened: $!\n";
my $request = pack('a16 S x22', 'tun0', IFF_TUN | IFF_NO_PI);
ioctl($tun, TUNSETIFF, $request) or die "tun0 can't be opened: $!\n";
POSIX::dup2(fileno($tun), 3) // die "tun0 can't be file 3: $!\n";
exec @ARGV or die "$ARGV[0]: $!\n";
