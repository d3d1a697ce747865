#!/bin/sh
# Prints what this host has, on one screen.
reach='Nothing here reaches beyond the lab.' raw='these need raw sockets: LAB_CLIENT_RAW=1 make shell'
[ -z "${NMAP_PRIVILEGED-}" ] || reach='This shell has raw sockets.' raw='this shell has the raw sockets that they need'
cat <<GREETING
This is the client host, $LAB_CLIENT_ADDRESS. $reach

    server host     $LAB_SERVER_ADDRESS, also called server-host
                    http $HTTP_PORT, TLS $HTTPS_PORT     echo $ECHO_PORT TCP and UDP, TLS $ECHO_TLS_PORT
    your files      /work, the folder work/ of the clone: python3 client.py

    addresses       ip  ifconfig  route  arp  ss  netstat
    paths, names    ping  traceroute  mtr  nmap  dig  host
    HTTP            curl  wget  client balance
    TCP and UDP     nc  ncat  telnet  socat  openssl  client echo  client send
    bulk TCP        iperf3  client flow, to port $FLOW_PORT after make flow
    packets         tcpdump  tshark  scapy  nmap -sS
                    $raw
    files, text     nano  vim  less  jq  xxd
    Python          python3 with requests and scapy

man NAME explains a command, for example man ss. Ctrl-D leaves the shell.
GREETING
