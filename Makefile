.DEFAULT_GOAL := help
.SILENT:
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# A make that a recipe starts, as the tests do, must not inherit this command line.
unexport MAKEFLAGS MFLAGS MAKEOVERRIDES

.PHONY: help
help: ## list the targets
	setup/piped.sh awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Git for Windows can write CRLF into a clone, and no shell reads that.
crlf := $(firstword $(shell LC_ALL=C grep -rls --include='*.sh' --include='*.awk' --include='*.bashrc' "$$(printf '\r')" setup services client))
$(if $(crlf),$(error $(crlf) has Windows line ends (CRLF); cure: git config core.autocrlf input && \
    git ls-files --eol | awk '/ w.crlf / { print $$NF }' | xargs sed -i 's/\r$$//'))

$(if $(wildcard setup/lib.sh),,$(error \
    $(CURDIR) is not the folder of the lab; cure: make -C $(or $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST)))),.) $(MAKECMDGOALS)))

# A typed NAME=value is used as it is: make must not expand a $ in it. So this comes first. The shell of a recipe reads the
# value from its environment.
typed := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
$(foreach name,$(typed),$(eval override $(name) := $$(value $(name)))$(eval export $(name)))
given = $(filter $(1),$(typed))
# make drops a blank before the value. Only its own command line still shows it.
leading_blank = $(shell { if [ -r /proc/$$PPID/cmdline ]; \
    then tr '\n\0' ' \n' </proc/$$PPID/cmdline | grep -oE '^[A-Z_]+ *=[[:space:]]'; \
    else ps -ww -o args= -p $$PPID | grep -oE '[A-Z_]+= +[^ ]+' | grep -vE '= +[A-Z_]+='; fi; } | sed 's/[ =].*//')
$(if $(typed),$(if $(leading_blank),$(error $(firstword $(leading_blank)) begins with a blank, which make drops; \
    allowed: another first character (the client in make shell accepts a blank))))

# A target accepts the names in brackets in its help, the settings of .env, and some names that are not the lab's. Any
# other name is refused: it is probably misspelt.
goals = $(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))
unknown := $(filter-out $(shell sed -nE 's/^([a-z-]+):.*## .*/\1/p' $(MAKEFILE_LIST)),$(goals))
$(if $(unknown),$(error there is no target $(firstword $(unknown)); make alone lists them, and a value is typed as NAME=value))
names = $(sort $(shell sed -nE 's/^($(subst $() ,|,$(goals))):.*\[(.*)\]$$/\2/p' $(MAKEFILE_LIST) | grep -oE '[A-Z_]+='))
# A client or a server that runs has its settings already.
settings = $(if $(filter balance echo send flow faults wire,$(goals)),,$(shell LC_ALL=C awk -v names=1 -f setup/env.awk .env))
$(if $(filter SEED_COMPATIBLE,$(typed)),$(error SEED_COMPATIBLE is now called REFERENCE: make echo REFERENCE=1))
# Each condition of the wire can be given for one direction.
directed = $(if $(filter wire,$(goals)),$(foreach name,$(names),UP_$(name) DOWN_$(name)))
strangers = $(filter-out $(patsubst %=,%,$(names) $(directed)) $(settings) COMPOSE_% DOCKER_% NO_COLOR,$(typed))
$(if $(if $(typed),$(strangers)),$(error make $(goals) takes no $(strangers); allowed: $(if $(settings),$(if $(names),$(names) and )the settings of .env,$(names)$(if $(directed),; each condition also with UP_ or DOWN_ before it); settings count at make up)))

# The lab

.PHONY: up down clean status runs logs certs doctor
up: ## start the lab: two hosts, servers, client, captures [NAME=first-try LIVE=1]
	setup/up.sh $(if $(call given,NAME),"$$NAME")$(call switch,LIVE, && setup/live.sh)

down: ## end the lab; the captures are complete and stay
	setup/down.sh

clean: ## end the lab and remove its images and certificates; captures stay
	setup/clean.sh

status: ## show what runs, and whether it is well
	setup/of-lab.sh setup/status.sh

runs: ## list the runs: this one and those in the archive
	setup/runs.sh

logs: ## show what the programs print, live (Ctrl-C ends it)
	setup/of-lab.sh setup/logs.sh

certs: ## make a new CA and new certificates; running servers use them at once
	setup/certs.sh

doctor: ## check this machine and the lab; each problem comes with its cure
	setup/doctor.sh

# From the client host

# $(call option,NAME,--name): the option with the typed value, or nothing.
option = $(if $(naming),$(2)=$(1),$(if $(call given,$(1)),$(2) "$$$(1)"))
# $(call switch,NAME,--name,--no-name): the first switch for 1, the second for 0.
switch = $(if $(naming),$(or $(2),$(3))=$(1),$(call switch_given,$(1),$(2),$(3)))
switch_given = $(if $(call given,$(1)),$(if $(filter-out 0 1,$($(1))),$(error $(1) is "$($(1))"; allowed: 0, 1))$(if $(filter 1,$($(1))),$(2))$(if $(filter 0,$($(1))),$(3)))

# $(call named,VARIABLE): maps options to make's names, --name=NAME, so that a program's errors name what was typed.
names_of = $(foreach naming,yes,$($(1)))
named = LAB_OPTION_NAMES="$(strip $(call names_of,$(1)))"

# TLS=1 uses the newest version that both sides support; TLS=1.2 uses that version.
over_tls = $(if $(call given,TLS),$(if $(filter-out 0 1 1.2 1.3,$(TLS)),$(error TLS is "$(TLS)"; allowed: 0, 1, 1.2, 1.3))$(filter-out 0,$(TLS)))
tls = $(if $(naming),--tls=TLS,$(if $(over_tls),--tls$(if $(filter-out 1,$(TLS)), "$$TLS"))) $(call switch,INSECURE,--insecure)
# A client that gives up exits with 1. A lab sheet asks for that, so it is no error of make.
or_gave_up = || [ $$? -eq 1 ]
.PHONY: balance echo send flow shell
balance: ## send 20 requests to the HTTP server, then print its logs [REQUESTS= TIMEOUT= INTERVAL= TLS=1|1.2|1.3 INSECURE=1 JSON=1]
	$(call named,balance) setup/exec.sh client sh -c \
	    'exec client balance "$$LAB_SERVER_ADDRESS" "$$$(if $(over_tls),HTTPS_PORT,HTTP_PORT)" "$$@"' client $(balance) $(or_gave_up)
balance = $(tls) $(call option,REQUESTS,--requests) $(call option,TIMEOUT,--timeout) \
    $(call option,INTERVAL,--interval) $(call switch,JSON,--json)

# Without MSG on a terminal, it asks for what is missing.
echo: ## send a message to the echo server [MSG= PROTOCOL=tcp|udp RETRIES= TIMEOUT= COUNT= CONCURRENCY= BACKOFF=1 REFERENCE=1 TLS=1|1.2|1.3 INSECURE=1 JSON=1]
	$(call named,echo) setup/exec.sh client sh -c \
	    'exec client echo "$$LAB_SERVER_ADDRESS" "$$$(if $(over_tls),ECHO_TLS_PORT,ECHO_PORT)" "$$@"' client $(echo) $(or_gave_up)
echo = $(tls) $(call option,MSG,--message) $(call option,RETRIES,--retries) $(call option,TIMEOUT,--timeout) \
    $(or $(call option,PROTOCOL,--protocol),$(if $(call given,MSG)$(over_tls),--protocol tcp)) \
    $(call option,COUNT,--count) $(call option,CONCURRENCY,--concurrency) $(call switch,BACKOFF,--backoff) \
    $(call switch,REFERENCE,--reference) $(call switch,JSON,--json)

send: ## send reliably over UDP [FILE= TEXT= COUNT= MODE=selective-repeat|go-back-n|stop-and-wait WINDOW= SEGMENT= ECHO=1 MIN_RTO= MAX_RTO= TRIES= JSON=1]
	$(call named,send) setup/send.sh "$(if $(call given,FILE),$$FILE)" $(send) $(or_gave_up)
# send.sh copies the file to the client.
send = $(if $(naming),--file=FILE) $(or $(call option,MODE,--protocol-mode),--protocol-mode selective-repeat) \
    $(call option,TEXT,--text) $(call option,COUNT,--count) $(call option,WINDOW,--window) \
    $(call option,SEGMENT,--segment) $(call option,MIN_RTO,--min-rto) $(call option,MAX_RTO,--max-rto) \
    $(call option,TRIES,--tries) $(call switch,ECHO,--echo) $(call switch,JSON,--json)

flow: ## send a bulk of data over TCP, and keep what its window does [MB=10 SECONDS= CC=reno|cubic|bbr FLOWS= REVERSE=1 JSON=1]
	$(call named,flow) setup/flow.sh "$(if $(call given,CC),$$CC)" $(flow) $(or_gave_up)
flow = $(call option,MB,--megabytes) $(call option,SECONDS,--seconds) $(call option,FLOWS,--flows) \
    $(call switch,REVERSE,--reverse) $(call switch,JSON,--json)

shell: ## open a shell in the client host
	setup/shell.sh

# Faults while the lab runs

.PHONY: faults wire
http_faults = $(call option,HTTP,--profile) $(all_faults)
echo_profiles = $(call option,ECHO,--profile) $(call option,ECHO_TCP,--tcp) $(call option,ECHO_UDP,--udp)
echo_faults = $(echo_profiles) $(all_faults)
all_faults = $(call option,SEED,--seed) $(call switch,RESET,--reset)
# First ask the echo server whether it accepts its part, so that a refusal changes neither server.
faults: ## show or change the faults [HTTP='timeout=1'|none ECHO='script:loss,none' ECHO_TCP= ECHO_UDP= SEED= RESET=1]
	$(if $(strip $(echo_profiles)),$(call named,echo_faults) setup/exec.sh echo faults $(echo_faults) --check)
	$(call named,http_faults) setup/exec.sh http faults $(http_faults)
	$(call named,echo_faults) setup/exec.sh echo faults $(echo_faults)

# A name with UP_ before it is for packets to the server host alone, with DOWN_ for packets to the client host.
wire: ## put a hop between both hosts, or change it; alone it shows what is in force [LOSS=0.05 BURST= DUPLICATE= REORDER= REORDER_BY= CORRUPTION= DELAY=50ms JITTER=5ms ORDER=keep|free RATE=10mbit BUCKET= QUEUE=50 AQM=tail-drop|red|codel MTU= TAMPER= FAULTS= FILTER='tcp data' SCRIPT='drop tcp data 5' SEED= RESET=1 OFF=1]
	setup/wire.sh $(foreach name,$(typed),"$(name)=$$$(name)")

# Reading the packets

.PHONY: live inspect annotate report wireshark capture demo
live: ## show packets and decisions in the browser as they happen, or play an earlier run [RUN=captures/archive/… OFF=1]
	setup/live.sh $(foreach name,$(call given,OFF RUN),"$(name)=$$$(name)")

inspect: ## show packets as tables and hex dumps [CAPTURE=server|client|wire|PATH FILTER='tcp.port==9090' LAST=20 BYTES=all|0 TRANSFER= FOLLOW=1 LIVE=1 ENTRIES=1 COMPARE=1 KEYS=0 JSON=1]
	$(call named,inspect) setup/inspect.sh $(reading) $(inspect)
inspect = $(call option,FILTER,--filter) $(call option,TRANSFER,--transfer) $(call option,BYTES,--bytes) $(call option,LAST,--last) \
    $(call switch,FOLLOW,--follow) $(call switch,KEYS,,--no-keys) $(call switch,JSON,--json)
capture = "$(if $(call given,CAPTURE),$$CAPTURE,server)"
modes = $(foreach one,LIVE ENTRIES COMPARE,$(call switch,$(one),$(one)))
# COMPARE reads both captures, so CAPTURE has no meaning with it.
clash = $(or $(word 2,$(modes)),$(if $(filter COMPARE,$(modes)),$(if $(call given,CAPTURE),CAPTURE)))
reading = $(if $(clash),$(error $(clash) can not be combined with $(firstword $(modes)); give one of them))$(or $(call switch,LIVE,live $(capture)),$(call switch,ENTRIES,entries $(capture)),$(call switch,COMPARE,compare),show $(capture))

annotate: ## write captures/*.annotated.pcapng: each journal entry as a comment on its packet
	setup/inspect.sh annotate

report: ## write captures/report.html: what you configured, and what the packets show
	setup/inspect.sh report

wireshark: ## show live packets in this machine's Wireshark [HOST=server|client]
	setup/wireshark.sh $(if $(call given,HOST),"$$HOST")

capture: ## write live packets to standard output, for make capture | wireshark -k -i - [HOST=server|client|wire]
	setup/capture.sh $(if $(call given,HOST),"$$HOST")

demo: ## run every experiment of the two assignments and five on a wire, and check each against the packets [TIMEOUT=2 instead of 10]
	setup/demo.sh $(if $(call given,TIMEOUT),"$$TIMEOUT")

# Sheets that check themselves

.PHONY: sheet answer check hand-in grade
sheet: ## start a run for a student and show her sheet; alone it shows the present one [NAME=tcp-loss STUDENT= COURSE= NONCE= LANGUAGE=en|de]
	$(call named,sheet) setup/sheet.sh $(sheet)
sheet = $(call option,NAME,--name) $(call option,STUDENT,--student) $(call option,COURSE,--course) \
    $(call option,NONCE,--nonce) $(call option,LANGUAGE,--language)

answer: ## keep an answer to a question of the sheet [Q=4 A=0x8c]
	$(call named,answer) setup/sheet-program.sh answer $(answer)
answer = $(call option,Q,--question) $(call option,A,--answer)

# A program that does not score full is an error, so that a CI job sees it.
check: ## say of each question of the sheet whether it is done; with PROGRAM='python3 client.py' check that program [SHEET= PROGRAM= STAGE= SEED= JSON=1]
	$(call named,plan_program) $(if $(call given,PROGRAM),setup/check-program.sh "$$PROGRAM" "$(if $(call given,SHEET),$$SHEET)" $(plan_program) $(judge_program),setup/sheet-program.sh check $(check) $(or_gave_up))
check = $(call switch,JSON,--json)
plan_program = $(call option,STAGE,--stage) $(call option,SEED,--seed)
judge_program = $(call switch,JSON,--json)

hand-in: ## write the file that a student hands in, for the sheet of the present run
	setup/hand-in.sh

grade: ## grade hand-ins, without a lab [IN=hand-ins OUT=grades SHEETS=sheets COURSE= NONCE=]
	$(call named,grade) setup/grade.sh "$(if $(call given,IN),$$IN,hand-ins)" "$(if $(call given,OUT),$$OUT,grades)" "$(if $(call given,SHEETS),$$SHEETS,sheets)" $(grade)
grade = $(call option,COURSE,--course) $(call option,NONCE,--nonce)

# Development

.PHONY: test test-unit golden sheet-test lint bench
test: ## run unit tests, then the container suites; WAY runs only those, with a token or over TLS [WAY=token|tls]
	setup/dependencies.sh && setup/images.sh && \
	    $(if $(call given,WAY),LAB_WAY="$$WAY" npm run --silent test:containers,npm run --silent test)

test-unit: ## run only the unit tests, without containers
	setup/dependencies.sh && npm run --silent test:unit

golden: ## read the golden captures again, and show what is different
	setup/dependencies.sh && setup/images.sh && node tests/golden/update.ts

sheet-test: ## answer recorded sheets right and wrong, and compare what each answer scores [NAME=tcp-loss]
	setup/dependencies.sh && setup/images.sh && SHEET="$(if $(call given,NAME),$$NAME)" \
	    node tests/containers.ts --runTestsByPath tests/sheets.test.ts

lint: ## check format, types and style of programs, scripts, Dockerfiles, dissector and pages
	setup/dependencies.sh && npm run --silent lint

bench: ## measure speed, memory and start-up, and compare with the baseline [SECTIONS='echo start' BASELINE=1]
	setup/dependencies.sh && setup/images.sh && $(call named,bench) npm run --silent bench -- $(bench)
bench = $(call option,SECTIONS,--sections) $(call switch,BASELINE,--baseline)
