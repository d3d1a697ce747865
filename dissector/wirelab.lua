-- The Wireshark dissector of the lab: messages of the echo server on TCP and UDP, and reliable transfers.
-- One file, for Wireshark 4.0 (Lua 5.2) and 4.4 (Lua 5.4). See docs/guides/wireshark.md to install and use it, and
-- docs/reference/dissector.md for its fields.

local TAG_BYTES = 9 -- the bar and 8 digits
local TAG = '|' .. ('[0-9a-f]'):rep(TAG_BYTES - 1)
-- Replaces the tag if the lab has a token. It can't be checked without the token.
local HMAC = '|hmac%-sha256:' .. ('[0-9a-f]'):rep(64)
local HMAC_BYTES = 77
local LONGEST_MESSAGE = 65536

local bxor, band, rol, tobit, tohex = bit.bxor, bit.band, bit.rol, bit.tobit, bit.tohex

-------------------------------------------------------------------------------
-- SHA-1 (RFC 3174), which Wireshark's Lua lacks
-------------------------------------------------------------------------------

local words = {}

-- Hashes one block of 64 bytes, from position `at` of `data`.
local function compress(state, data, at)
    local w = words
    for i = 0, 15 do
        local b1, b2, b3, b4 = data:byte(at + 4 * i, at + 4 * i + 3)
        w[i] = b1 * 16777216 + b2 * 65536 + b3 * 256 + b4
    end
    for i = 16, 79 do
        w[i] = rol(bxor(w[i - 3], w[i - 8], w[i - 14], w[i - 16]), 1)
    end
    local a, b, c, d, e = state[1], state[2], state[3], state[4], state[5]
    -- Sums may exceed 32 bits, because rol and tobit reduce them modulo 2^32.
    for i = 0, 19 do
        a, b, c, d, e = rol(a, 5) + bxor(d, band(b, bxor(c, d))) + e + 0x5a827999 + w[i], a, rol(b, 30), c, d
    end
    for i = 20, 39 do
        a, b, c, d, e = rol(a, 5) + bxor(b, c, d) + e + 0x6ed9eba1 + w[i], a, rol(b, 30), c, d
    end
    for i = 40, 59 do
        a, b, c, d, e = rol(a, 5) + band(b, c) + band(d, bxor(b, c)) + e + 0x8f1bbcdc + w[i], a, rol(b, 30), c, d
    end
    for i = 60, 79 do
        a, b, c, d, e = rol(a, 5) + bxor(b, c, d) + e + 0xca62c1d6 + w[i], a, rol(b, 30), c, d
    end
    state[1], state[2], state[3] = tobit(state[1] + a), tobit(state[2] + b), tobit(state[3] + c)
    state[4], state[5] = tobit(state[4] + d), tobit(state[5] + e)
end

local Hasher = {}
Hasher.__index = Hasher

-- Computes tags of `data` from position `start` up to several positions, which must rise. Each block is hashed once,
-- for all tags after it.
local function new_hasher(data, start)
    local state = { 0x67452301, tobit(0xefcdab89), tobit(0x98badcfe), 0x10325476, tobit(0xc3d2e1f0) }
    return setmetatable({ data = data, start = start, at = start, state = state, blocks = 0 }, Hasher)
end

-- Tags of short texts, because an answer usually has the body of its request.
local MOST_KNOWN = 20000
local LONGEST_KNOWN = 1024
local known, known_count = {}, 0

-- The 8 digits for the bytes before position `stop`.
function Hasher:tag(stop)
    local length = stop - self.start
    local text = length <= LONGEST_KNOWN and self.data:sub(self.start, stop - 1)
    if text and known[text] then return known[text] end
    while self.at + 64 <= stop do
        compress(self.state, self.data, self.at)
        self.at = self.at + 64
        self.blocks = self.blocks + 1
    end
    -- The length in bits has 8 bytes, of which 4 suffice: no message of the lab has 512 MiB.
    local bits = length * 8
    local rest = self.data:sub(self.at, stop - 1) .. '\128'
    rest = rest .. ('\0'):rep((56 - #rest) % 64) .. string.char(
        0, 0, 0, 0, math.floor(bits / 16777216) % 256, math.floor(bits / 65536) % 256,
        math.floor(bits / 256) % 256, bits % 256)
    local state = { self.state[1], self.state[2], self.state[3], self.state[4], self.state[5] }
    for at = 1, #rest, 64 do
        compress(state, rest, at)
        self.blocks = self.blocks + 1
    end
    local tag = tohex(state[1])
    if text then
        if known_count == MOST_KNOWN then known, known_count = {}, 0 end
        known[text], known_count = tag, known_count + 1
    end
    return tag
end

local function tag_of(data)
    return new_hasher(data, 1):tag(#data + 1)
end

-------------------------------------------------------------------------------
-- Protocol, fields, preferences
-------------------------------------------------------------------------------

local is_first, wirelab = pcall(Proto, 'wirelab', 'wirelab')
if not is_first then
    -- A copy in the folder of plugins was loaded before.
    if not tostring(wirelab):find('two protocols') then error(wirelab) end
    return
end
-- Sees the FIN or RST that ends a message without a line ending.
local wirelab_end = Proto('wirelab_end', 'wirelab, end of a connection')

-- Wireshark's own names and numbers of a checksum's status.
local BAD, GOOD, UNVERIFIED, NOT_PRESENT = 0, 1, 2, 3
local statuses = { [BAD] = 'Bad', [GOOD] = 'Good', [UNVERIFIED] = 'Unverified', [NOT_PRESENT] = 'Not present' }

local fields = {
    type = ProtoField.string('wirelab.type', 'Type', base.UNICODE, 'request, answer, notice, ending or transfer'),
    body = ProtoField.string('wirelab.body', 'Body', base.UNICODE, 'The text that the tag is the checksum of'),
    body_length = ProtoField.uint32('wirelab.body.length', 'Length of the body', base.DEC),
    tag = ProtoField.string('wirelab.tag', 'Tag', base.ASCII, 'First 8 hex digits of SHA-1, as in the packet'),
    hmac = ProtoField.string('wirelab.hmac', 'HMAC', base.ASCII,
        "HMAC-SHA-256 with the lab's token, which can't be checked here"),
    calculated = ProtoField.string('wirelab.checksum_calculated', 'Calculated tag', base.ASCII),
    status = ProtoField.uint8('wirelab.checksum.status', 'Checksum Status', base.DEC, statuses),
    ending = ProtoField.string('wirelab.ending', 'Line ending', base.ASCII),
    notice = ProtoField.string('wirelab.notice', 'Notice', base.UNICODE, 'A text of the server in place of an answer'),
    answer_in = ProtoField.framenum('wirelab.answer_in', 'Answer in', base.NONE, frametype.RESPONSE),
    answer_to = ProtoField.framenum('wirelab.answer_to', 'Answer to', base.NONE, frametype.REQUEST),
    time = ProtoField.relative_time('wirelab.time', 'Time from request to answer'),
    duplicate = ProtoField.bool(
        'wirelab.duplicate', 'Duplicate', base.NONE, nil, 0, 'The request already has an answer'),
    version = ProtoField.uint32('wirelab.transfer.version', 'Version', base.DEC),
    kind = ProtoField.string('wirelab.transfer.kind', 'Kind', base.ASCII),
    id = ProtoField.string('wirelab.transfer.id', 'Id', base.ASCII),
    mode = ProtoField.string('wirelab.transfer.mode', 'Mode', base.ASCII),
    sequence = ProtoField.uint32('wirelab.transfer.sequence', 'Sequence number', base.DEC),
    ack = ProtoField.uint32('wirelab.transfer.ack', 'Acknowledged number', base.DEC),
    window = ProtoField.uint32('wirelab.transfer.window', 'Window', base.DEC),
    length = ProtoField.uint32('wirelab.transfer.length', 'Length of the payload', base.DEC),
    payload = ProtoField.bytes('wirelab.transfer.payload', 'Payload'),
    text = ProtoField.string('wirelab.transfer.text', 'Text', base.UNICODE, 'Payload of all but DATA'),
    damaged = ProtoField.bool('wirelab.transfer.damaged', 'Damaged'),
    retransmission = ProtoField.bool('wirelab.transfer.retransmission', 'Retransmission'),
    first_in = ProtoField.framenum('wirelab.transfer.first_in', 'First sent in', base.NONE, frametype.RETRANS_PREV),
}
wirelab.fields = fields

local experts = {
    bad = ProtoExpert.new('wirelab.checksum.bad', 'Bad checksum', expert.group.CHECKSUM, expert.severity.ERROR),
    damaged = ProtoExpert.new(
        'wirelab.transfer.malformed', 'Damaged datagram', expert.group.CHECKSUM, expert.severity.ERROR),
    lost = ProtoExpert.new(
        'wirelab.notice.lost', 'A notice in place of the answer', expert.group.RESPONSE_CODE, expert.severity.NOTE),
    duplicate = ProtoExpert.new(
        'wirelab.duplicate_answer', 'The request already has an answer', expert.group.SEQUENCE, expert.severity.NOTE),
    retransmission = ProtoExpert.new(
        'wirelab.transfer.retransmitted', 'Retransmission', expert.group.SEQUENCE, expert.severity.NOTE),
    long = ProtoExpert.new(
        'wirelab.too_long', 'Longer than any message', expert.group.PROTOCOL, expert.severity.WARN),
    version = ProtoExpert.new(
        'wirelab.transfer.foreign', 'Another version', expert.group.UNDECODED, expert.severity.WARN),
}
wirelab.experts = experts

wirelab.prefs.port = Pref.uint('Echo port', 9090, 'TCP and UDP port of the echo server')
wirelab.prefs.tls_port = Pref.uint('Echo port over TLS', 9443, 'TCP port of the echo server over TLS')

-------------------------------------------------------------------------------
-- State of the conversations
-------------------------------------------------------------------------------

-- Wireshark dissects all frames once in order, and later any frame that it shows. Whatever depends on earlier frames
-- is found the first time and kept here by frame. Later visits show it.
local conversations, frames, rests, waiting

local function forget()
    conversations, frames, rests, waiting = {}, {}, {}, 0
end
forget()
wirelab.init = forget

local function new_conversation()
    return {
        by_tag = {}, by_text = {}, transfers = {},
        -- For each side: whether a line ending may still follow its last message, and bytes that wait for more.
        sides = { request = {}, answer = {} },
    }
end

-- The key has addresses and ports, because Wireshark's stream number is not available on every visit of a frame.
local function conversation_of(pinfo)
    local source = tostring(pinfo.src) .. ' ' .. pinfo.src_port
    local destination = tostring(pinfo.dst) .. ' ' .. pinfo.dst_port
    if source > destination then source, destination = destination, source end
    local name = pinfo.port_type .. ' ' .. source .. ' ' .. destination
    local conversation = conversations[name]
    if not conversation then
        conversation = new_conversation()
        conversations[name] = conversation
    end
    return conversation
end

local function add_to(index, key, record)
    local queue = index[key]
    if not queue then
        queue = { first = 1 }
        index[key] = queue
    end
    queue[#queue + 1] = record
end

-- The earliest unanswered request of a queue.
local function earliest(queue)
    if not queue then return nil end
    while queue[queue.first] and queue[queue.first].answer_in do queue.first = queue.first + 1 end
    return queue[queue.first]
end

local function add_request(conversation, request)
    if request.tag then add_to(conversation.by_tag, request.tag, request)
    else add_to(conversation.by_text, request.text, request) end
    request.before = conversation.last
    if conversation.last then conversation.last.after = request else conversation.first = request end
    conversation.last = request
end

local function answer_request(conversation, request, answer)
    answer.answer_to = request.frame
    answer.time = answer.at - request.at
    if request.answer_in then
        answer.duplicate = not answer.is_rest
        return
    end
    request.answer_in = answer.frame
    local before, after = request.before, request.after
    if before then before.after = after else conversation.first = after end
    if after then after.before = before else conversation.last = before end
    request.before, request.after = nil, nil
end

-- At most this many unanswered requests are compared with an answer that has neither the tag nor the text of one.
local MOST_COMPARED = 256

local function first_fitting(conversation, fits)
    local request = conversation.first
    for _ = 1, MOST_COMPARED do
        if not request or fits(request) then return request end
        request = request.after
    end
    return nil
end

-- The request of an answer: the one with its tag, or with its text if it has no tag. A truncated answer begins like its
-- request, and an altered one is as long. Any other answer belongs to the earliest request without one.
local function request_of(conversation, answer)
    local same
    if answer.notice then
        if not answer.is_loss then return answer.notice:find('^refused: ') and conversation.first or nil end
        local has_tag = answer.notice == 'error_code'
        return first_fitting(conversation, function(request) return (request.tag ~= nil) == has_tag end)
            or conversation.first
    elseif answer.tag then same = conversation.by_tag[answer.tag]
    else same = conversation.by_text[answer.text] end
    if same then return earliest(same) or same[#same] end
    local text, length = answer.text, answer.text_length
    local request = first_fitting(conversation, function(request) return request.text:sub(1, length) == text end)
        or first_fitting(conversation, function(request) return request.text_length == length end)
    -- A single byte belongs to a drip. On UDP the first one is the answer.
    return request or (length > 1 and conversation.first or nil)
end

-- Whether an answer is the end of its request's text: another answer was sent while this one dripped, byte by byte. A
-- corrupted answer would be as long as its request, and a truncated one would be its beginning.
local function is_rest_of(request, answer)
    return answer.status == BAD and answer.text_length < request.text_length
        and request.text:sub(-answer.text_length) == answer.text
end

local function learn(conversation, message)
    if message.type == 'request' then
        add_request(conversation, message)
    elseif message.type == 'answer' or message.type == 'notice' then
        local request = request_of(conversation, message)
        if request and is_rest_of(request, message) then
            message.is_rest = true
            -- Its tag is that of the whole text.
            message.status = UNVERIFIED
        end
        if request then answer_request(conversation, request, message) end
    end
end

-------------------------------------------------------------------------------
-- Messages
-------------------------------------------------------------------------------

local LOSSES = { 'error_code', 'Packet Loss' }
local REFUSALS = { '^message too long: ', '^too many connections: ', '^refused: ' }

-- The length of the line ending at a position in bytes: 0 for none, nil if an LF may follow a CR.
local function ending_at(data, at)
    local first, second = data:byte(at, at + 1)
    if first == 10 then return 1 end
    if first ~= 13 then return 0 end
    if not second then return nil end
    return second == 10 and 2 or 0
end

-- Reads all of `data` as one message.
local function read_message(data, type)
    local ending = data:match('\r?\n$') or ''
    local text = data:sub(1, #data - #ending)
    local message = { type = type, text = text, text_length = #text, length = #data, status = NOT_PRESENT }
    message.body_length = #text
    if ending ~= '' then message.ending = #ending == 2 and 'CR LF' or 'LF' end
    local bar = #text - TAG_BYTES + 1
    local hmac_bar = #text - HMAC_BYTES + 1
    if bar >= 1 and text:find('^' .. TAG, bar) then
        message.body_length = bar - 1
        message.tag = text:sub(bar + 1)
    elseif hmac_bar >= 1 and text:find('^' .. HMAC, hmac_bar) then
        message.body_length = hmac_bar - 1
        message.tag, message.is_signed = text:sub(hmac_bar + 1), true
    end
    return message
end

local function verify(message)
    if message.is_signed then
        message.status = UNVERIFIED
        return message
    end
    if message.tag and not message.calculated then
        message.calculated = tag_of(message.text:sub(1, message.body_length))
    end
    if message.tag then message.status = message.calculated == message.tag and GOOD or BAD end
    return message
end

local function read_notice(data, length, is_loss)
    local ending = data:sub(1, length):match('\r?\n$') or ''
    local notice = data:sub(1, length - #ending)
    local message = { type = 'notice', notice = notice, is_loss = is_loss, length = length }
    message.text, message.text_length = notice, #notice
    return message
end

-- Limits for the search of one message's end, so that a hostile stream can't stall Wireshark: blocks of 64 bytes that
-- are hashed, and tags that are tried.
local MOST_BLOCKS = 2048
local MOST_TAGS = 64

-- The positions of texts in the form of a tag before position `stop`.
local function tags_in(data, stop)
    local found = {}
    local at = data:find(TAG, 1)
    while at and at + TAG_BYTES <= stop and #found < MOST_TAGS do
        found[#found + 1] = at
        at = data:find(TAG, at + 1)
    end
    return found
end

-- The position after the right tag of a message that begins at `start`; nil if none of `tags` is right. The tag at the
-- end of the line is tried first, as in the server.
local function end_by_right_tag(data, start, tags, line_end, spent)
    local last = tags[#tags]
    local is_cheap = spent.blocks + (line_end - start) / 64 < MOST_BLOCKS
    if last and last >= start and last + TAG_BYTES == line_end and is_cheap then
        local hasher = new_hasher(data, start)
        local right = hasher:tag(last) == data:sub(last + 1, last + TAG_BYTES - 1)
        spent.blocks = spent.blocks + hasher.blocks
        if right then return line_end end
    end
    local hasher = new_hasher(data, start)
    for _, bar in ipairs(tags) do
        if spent.blocks + hasher.blocks + (bar - hasher.at) / 64 >= MOST_BLOCKS then break end
        if bar >= start and hasher:tag(bar) == data:sub(bar + 1, bar + TAG_BYTES - 1) then
            spent.blocks = spent.blocks + hasher.blocks
            return bar + TAG_BYTES
        end
    end
    spent.blocks = spent.blocks + hasher.blocks
    return nil
end

-- The end of an answer whose tag is that of a request. It is after the tag if the answer is as long as the request. It
-- is before the request's whole text if a truncated answer comes first.
local function end_by_requests(data, tags, by_tag)
    for _, bar in ipairs(tags) do
        local stop = bar + TAG_BYTES
        for _, request in ipairs(by_tag[data:sub(bar + 1, stop - 1)] or {}) do
            local before = stop - 1 - request.text_length
            if before == 0 then return stop end
            if before > 0 and data:sub(before + 1, stop - 1) == request.text then return before + 1 end
        end
    end
    return nil
end

-- The length in bytes of the message at the beginning of `data`, without its line ending; nil if more data is needed.
--
-- A message ends with a newline or with its right tag, as in the server (docs/reference/echo-server.md). A wrong tag is
-- part of the body, except in three cases where it ends the message.
--   1. An answer has the tag and the length of a request: it was corrupted.
--   2. A message with a right tag follows directly. One segment has two messages, and the second must be found.
--   3. The segment ends after it.
-- An HMAC counts as right.
local function text_length(data, type, conversation)
    local newline = data:find('\n', 1, true)
    local line_end = newline or #data + 1
    if line_end > 1 and data:byte(line_end - 1) == 13 then line_end = line_end - 1 end
    local spent = { blocks = 0 }
    local tags = tags_in(data, line_end)
    local stop = end_by_right_tag(data, 1, tags, line_end, spent)
    local hmac = data:find(HMAC)
    if hmac and hmac + HMAC_BYTES <= line_end and hmac + HMAC_BYTES < (stop or line_end + 1) then
        stop = hmac + HMAC_BYTES
    end
    if not stop and type == 'answer' then
        stop = end_by_requests(data, newline and tags_in(data, #data + 1) or tags, conversation.by_tag)
    end
    if stop then return stop - 1 end
    for index = 1, #tags - 1 do
        local follows = tags[index] + TAG_BYTES
        if end_by_right_tag(data, follows, tags, line_end, spent) then return follows - 1 end
    end
    if newline then return line_end - 1 end
    local last = tags[#tags]
    if last and last + TAG_BYTES == line_end then return line_end - 1 end
    return nil
end

-- The notice at the beginning of `data`. An answer that begins like a notice is none if its tag is right, or if it has
-- the text of a request without a tag.
local function notice_in(data, conversation)
    if conversation.by_text[data:match('^([^\r\n]*)\r?\n') or false] then return nil end
    for _, notice in ipairs(LOSSES) do
        if data:sub(1, #notice) == notice then
            local length = text_length(data, 'answer', conversation)
            local message = length and length > #notice and verify(read_message(data:sub(1, length), 'answer'))
            if message and message.status == GOOD then return nil end
            return read_notice(data, #notice, true)
        end
    end
    for _, refusal in ipairs(REFUSALS) do
        local newline = data:find(refusal) and data:find('\n', 1, true)
        if newline then return read_notice(data, newline, false) end
    end
    return nil
end

-- The message at the beginning of `data`; nil if more data is needed. `side` has the state after the previous message.
local function next_message(data, type, conversation, side, is_end)
    if side.ending_may_come then
        local length = ending_at(data, 1)
        if not length and not is_end then return nil end
        side.ending_may_come = false
        if length and length > 0 then
            return { type = 'ending', length = length, text_length = 0, ending = length == 2 and 'CR LF' or 'LF' }
        end
    end
    local notice = type == 'answer' and notice_in(data, conversation)
    if notice then return notice end
    local length = text_length(data, type, conversation)
    if length then
        local message = verify(read_message(data:sub(1, length + (ending_at(data, length + 1) or 0)), type))
        side.ending_may_come = message.ending == nil
        return message
    end
    if is_end or #data > LONGEST_MESSAGE + 1 then
        local message = verify(read_message(data, type))
        message.is_long = #data > LONGEST_MESSAGE + 1
        return message
    end
    return nil
end

-- All messages of `data`, and their length in bytes.
local function read_stream(data, type, conversation, pinfo, is_end)
    local messages, at = {}, 0
    local side = conversation.sides[type]
    while at < #data do
        local message = next_message(data:sub(at + 1), type, conversation, side, is_end)
        if not message then break end
        message.start, message.frame, message.at = at, pinfo.number, pinfo.rel_ts
        at = at + message.length
        learn(conversation, message)
        messages[#messages + 1] = message
    end
    return messages, at
end

-------------------------------------------------------------------------------
-- Datagrams of a transfer (docs/reference/datagrams.md)
-------------------------------------------------------------------------------

local HEADER_BYTES = 80
local SPACE = 65536
local FORM = 'wirelab/1       id=         SW  s=      a=      w=      l=      tag=           \n'
local MAGIC = 'wirelab/'
local modes = { SW = 'stop-and-wait', GBN = 'go-back-n', SR = 'selective-repeat' }
local numbered = { OPEN = true, DATA = true, CLOSE = true }
local kinds = { OPEN = true, DATA = true, CLOSE = true, ACK = true, ABORT = true }

-- The position of each field, from 0, its length in bytes, and the pattern of a right value.
local parts = {
    kind = { 10, 5, '^(%u+) *$' }, id = { 19, 8, '^([0-9a-f]+)$' }, mode = { 28, 3, '^(%u+) *$' },
    sequence = { 34, 5, '^(%d+)$' }, ack = { 42, 5, '^(%d+)$' }, window = { 50, 4, '^(%d+)$' },
    length = { 58, 4, '^(%d+)$' }, tag = { 68, 8, '^(.*)$' },
}

-- The bytes of a header that are the same in every datagram: position, from 1, and byte, in turn.
local fixed = {}
for at = 1, HEADER_BYTES do
    local is_fixed = true
    for _, part in pairs(parts) do
        if at > part[1] and at <= part[1] + part[2] then is_fixed = false end
    end
    if is_fixed then
        fixed[#fixed + 1] = at
        fixed[#fixed + 1] = FORM:byte(at)
    end
end

-- With more wrong bytes than this in its form, a datagram is no damaged datagram of a transfer.
local MOST_WRONG = 3

-- The number of fixed bytes that are wrong, counted up to one more than MOST_WRONG.
local function wrong_in_form(data)
    local wrong = 0
    for index = 1, #fixed, 2 do
        if data:byte(fixed[index]) ~= fixed[index + 1] then
            wrong = wrong + 1
            if wrong > MOST_WRONG then break end
        end
    end
    return wrong
end

-- Whether a datagram belongs to a transfer. The beginning of a damaged datagram may be wrong. Then most of its form
-- must be right, or its conversation must have transfers.
local function is_of_transfer(data, conversation)
    if #data > #MAGIC and data:sub(1, #MAGIC) == MAGIC then return true end
    if #data >= HEADER_BYTES and wrong_in_form(data) <= MOST_WRONG then return true end
    return conversation.is_of_transfers and verify(read_message(data, 'request')).status ~= GOOD
end

local function read_datagram(data, is_whole)
    local datagram = { type = 'transfer', length = #data }
    datagram.version = tonumber(data:match('^wirelab/(%d%d?%d?) '))
    if datagram.version and datagram.version ~= 1 then
        datagram.status = UNVERIFIED
        return datagram
    end
    local is_right = #data >= HEADER_BYTES
    for name, part in pairs(parts) do
        local text = data:sub(part[1] + 1, part[1] + part[2])
        datagram[name] = #text == part[2] and text:match(part[3]) or nil
        is_right = is_right and datagram[name] ~= nil
    end
    for _, name in ipairs({ 'sequence', 'ack', 'window', 'length' }) do
        datagram[name .. '_number'] = tonumber(datagram[name])
    end
    if not kinds[datagram.kind] then datagram.kind = nil end
    datagram.mode = modes[datagram.mode]
    local payload_length = #data - HEADER_BYTES
    if datagram.length_number == payload_length - HMAC_BYTES and data:find('^' .. HMAC, -HMAC_BYTES) then
        payload_length = datagram.length_number
        datagram.hmac = data:sub(1 - HMAC_BYTES)
    end
    datagram.payload_length = payload_length
    is_right = is_right and datagram.kind ~= nil and datagram.mode ~= nil and wrong_in_form(data) == 0
        and datagram.sequence_number < SPACE and datagram.ack_number < SPACE
        and datagram.length_number == payload_length
    if #data >= HEADER_BYTES then
        local tag = parts.tag
        datagram.calculated = tag_of(data:sub(1, tag[1]) .. '00000000' .. data:sub(tag[1] + tag[2] + 1))
        is_right = is_right and datagram.calculated == datagram.tag
    end
    datagram.status = not is_whole and UNVERIFIED or is_right and GOOD or BAD
    return datagram
end

-- The number without the wrap at 16 bits: the candidate that is nearest to the highest so far.
local function unwrap(number, highest)
    local ahead = (number - highest) % SPACE
    return highest + (ahead < SPACE / 2 and ahead or ahead - SPACE)
end

local function learn_datagram(conversation, datagram, is_request)
    conversation.is_of_transfers = true
    local transfers = conversation.transfers
    local function side(of_client)
        local name = datagram.id .. (of_client and ' client' or ' server')
        transfers[name] = transfers[name] or { highest = 0, first = {}, latest = {} }
        return transfers[name]
    end
    if numbered[datagram.kind] then
        local own = side(is_request)
        local number = unwrap(datagram.sequence_number, own.highest)
        if number > own.highest then own.highest = number end
        local name = datagram.kind .. number
        datagram.first_in = own.first[name]
        own.first[name] = own.first[name] or datagram.frame
        own.latest[number] = datagram
    elseif datagram.kind == 'ACK' then
        local other = side(not is_request)
        -- If a number was sent several times, the ACK most likely answers the latest one.
        local answered = other.latest[unwrap(datagram.ack_number, other.highest)]
        if answered then
            datagram.answer_to, datagram.time = answered.frame, datagram.at - answered.at
            answered.answer_in = answered.answer_in or datagram.frame
        end
    end
end

-------------------------------------------------------------------------------
-- Display
-------------------------------------------------------------------------------

-- UTF-8 of printable characters (RFC 3629), by length and first byte.
local characters = {
    '^[\32-\126]+', '^\194[\160-\191]', '^[\195-\223][\128-\191]', '^\224[\160-\191][\128-\191]',
    '^[\225-\236\238\239][\128-\191][\128-\191]', '^\237[\128-\159][\128-\191]',
    '^\240[\144-\191][\128-\191][\128-\191]', '^[\241-\243][\128-\191][\128-\191][\128-\191]',
    '^\244[\128-\143][\128-\191][\128-\191]',
}
local MOST_SHOWN = 80

-- A text for the packet list, shortened. Bytes that are no printable UTF-8 become \xNN.
local function printable(text)
    if #text <= MOST_SHOWN and not text:find('[^\32-\126]') then return text end
    local shown, at = {}, 1
    while at <= #text and at <= MOST_SHOWN do
        local piece
        for _, character in ipairs(characters) do
            piece = piece or text:match(character, at)
        end
        shown[#shown + 1] = piece and piece:sub(1, MOST_SHOWN) or ('\\x%02x'):format(text:byte(at))
        at = at + (piece and #piece or 1)
    end
    return table.concat(shown) .. (at <= #text and '…' or '')
end

local function seconds(time)
    local size = math.floor(math.abs(time) * 1e9 + 0.5)
    local whole = math.floor(size / 1e9)
    local sign = time < 0 and -1 or 1
    return NSTime.new(sign * whole, sign * math.floor(size - whole * 1e9))
end

local function add_generated(tree, field, value)
    local item = tree:add(field, value)
    item:set_generated()
    return item
end

local function add_links(tree, record)
    if record.answer_in then add_generated(tree, fields.answer_in, record.answer_in) end
    if record.answer_to then
        add_generated(tree, fields.answer_to, record.answer_to)
        add_generated(tree, fields.time, seconds(record.time))
    end
    if record.duplicate then
        add_generated(tree, fields.duplicate, true):add_proto_expert_info(experts.duplicate)
    end
end

local function add_checksum(tree, record)
    if record.calculated then add_generated(tree, fields.calculated, record.calculated) end
    local item = add_generated(tree, fields.status, record.status)
    if record.status == BAD and record.tag and record.calculated then
        item:add_proto_expert_info(experts.bad, ('Bad checksum: tag %s, calculated %s'):format(
            printable(record.tag), record.calculated))
    end
    return item
end

local function summarize(message)
    if message.type == 'ending' then return 'line ending' end
    if message.notice then return 'notice ' .. printable(message.notice) end
    local summary = message.type .. ' ' .. printable(message.text:sub(1, message.body_length))
    if message.is_signed then summary = summary .. ' ' .. message.tag:gsub(':', '=', 1):sub(1, 20) .. '…'
    elseif message.tag then summary = summary .. ' tag=' .. message.tag end
    if message.status == BAD then summary = summary .. ' [bad checksum]' end
    return message.duplicate and summary .. ' [duplicate]' or summary
end

local function summary_of(message)
    message.summary = message.summary or summarize(message)
    return message.summary
end

local function show_message(tvb, message, root)
    local range = tvb(message.start, message.length)
    local tree = root:add(wirelab, range, 'wirelab, ' .. summary_of(message))
    add_generated(tree, fields.type, message.type)
    if message.notice then
        tree:add_packet_field(fields.notice, tvb(message.start, message.text_length), ENC_UTF_8)
            :add_proto_expert_info(experts.lost)
    elseif message.type ~= 'ending' then
        -- The range of an empty body is empty, and can't be decoded.
        if message.body_length > 0 then
            tree:add_packet_field(fields.body, tvb(message.start, message.body_length), ENC_UTF_8)
        else
            tree:add(fields.body, '')
        end
        add_generated(tree, fields.body_length, message.body_length)
        if message.tag then
            local after_body = tvb(message.start + message.body_length + 1, #message.tag)
            tree:add(message.is_signed and fields.hmac or fields.tag, after_body, message.tag)
        end
        add_checksum(tree, message)
    end
    if message.ending then
        local length = message.length - message.text_length
        tree:add(fields.ending, tvb(message.start + message.text_length, length), message.ending)
    end
    if message.is_long then tree:add_proto_expert_info(experts.long) end
    add_links(tree, message)
end

local function summary_of_datagram(datagram)
    local summary = { datagram.kind or '?' }
    local function add(name, value)
        if value then summary[#summary + 1] = name .. '=' .. value end
    end
    if datagram.version and datagram.version ~= 1 then return 'transfer, version ' .. datagram.version end
    if numbered[datagram.kind] then add('seq', datagram.sequence_number) end
    if datagram.kind == 'ACK' then add('ack', datagram.ack_number) end
    if datagram.kind == 'ACK' or datagram.kind == 'OPEN' then add('win', datagram.window_number) end
    add('len', datagram.length_number)
    add('id', datagram.id)
    local text = table.concat(summary, ' ')
    if datagram.mode then text = text .. '  ' .. datagram.mode end
    if datagram.status == BAD then return '[damaged] ' .. text end
    return datagram.first_in and '[retransmission] ' .. text or text
end

local function show_datagram(tvb, datagram, root)
    local tree = root:add(wirelab, tvb(), 'wirelab transfer, ' .. summary_of_datagram(datagram))
    add_generated(tree, fields.type, 'transfer')
    local function show(name, value)
        local part = parts[name]
        if value then tree:add(fields[name], tvb(part[1], part[2]), value) end
    end
    if datagram.version then tree:add(fields.version, tvb(#MAGIC, 1), datagram.version) end
    if datagram.version and datagram.version ~= 1 then
        tree:add_proto_expert_info(experts.version)
        add_checksum(tree, datagram)
        return
    end
    show('kind', datagram.kind)
    show('id', datagram.id)
    show('mode', datagram.mode)
    if numbered[datagram.kind] then show('sequence', datagram.sequence_number) end
    if datagram.kind == 'ACK' then show('ack', datagram.ack_number) end
    show('window', datagram.window_number)
    show('length', datagram.length_number)
    if datagram.tag then tree:add_packet_field(fields.tag, tvb(parts.tag[1], parts.tag[2]), ENC_ASCII) end
    local status = add_checksum(tree, datagram)
    if datagram.status == BAD then
        add_generated(tree, fields.damaged, true)
        if datagram.tag == datagram.calculated then status:add_proto_expert_info(experts.damaged) end
    end
    if datagram.hmac then
        tree:add(fields.hmac, tvb(HEADER_BYTES + datagram.payload_length + 1, HMAC_BYTES - 1), datagram.hmac)
    end
    if (datagram.payload_length or 0) > 0 then
        local payload = tvb(HEADER_BYTES, datagram.payload_length)
        tree:add(fields.payload, payload)
        if datagram.kind ~= 'DATA' and datagram.status ~= BAD then
            tree:add_packet_field(fields.text, payload, ENC_UTF_8)
        end
    end
    if datagram.first_in then
        add_generated(tree, fields.retransmission, true):add_proto_expert_info(experts.retransmission)
        add_generated(tree, fields.first_in, datagram.first_in)
    end
    add_links(tree, datagram)
end

-------------------------------------------------------------------------------
-- Entry points
-------------------------------------------------------------------------------

local PORT_TYPE_TCP = 2

-- Which side sent the frame. The port that selected the dissector is the server's.
local function type_of(pinfo)
    local port = pinfo.match
    local tls_port = wirelab.prefs.tls_port
    if pinfo.port_type == PORT_TYPE_TCP and (pinfo.src_port == tls_port or pinfo.dst_port == tls_port) then
        port = tls_port
    end
    if pinfo.src_port == port and pinfo.dst_port ~= port then return 'answer' end
    return 'request'
end

-- The messages that the first visit found in a part of the frame, or that `read` finds now. A frame may have several
-- parts: the end of a message that began in an earlier frame, and the bytes after it. Parts are found again by their
-- offset. On later visits a part has only the bytes that were read, and the others are a part of their own. Over TLS
-- every record has offset 0, and is found again by its bytes.
local function once(tvb, pinfo, read)
    local offset, length = tvb:offset(), tvb:len()
    local frame = frames[pinfo.number]
    local tls_port = wirelab.prefs.tls_port
    local record = pinfo.port_type == PORT_TYPE_TCP and (pinfo.src_port == tls_port or pinfo.dst_port == tls_port)
        and tvb:raw() or nil
    if not pinfo.visited then
        if not frame then
            frame = { infos = {} }
            frames[pinfo.number] = frame
        end
        local found = read()
        found.record = record and record:sub(1, found.read)
        frame[offset] = frame[offset] or {}
        table.insert(frame[offset], found)
        return found
    end
    local read_before = frame and frame[offset]
    for _, found in ipairs(read_before or {}) do
        if found.read == length and found.record == record then return found end
    end
    return read_before and read_before[1].read <= length and read_before[1] or { messages = {}, read = 0 }
end

local MOST_IN_INFO = 5

local function show_info(pinfo, found, summaries)
    local frame = frames[pinfo.number]
    if frame and not found.info then
        for _, summary in ipairs(summaries) do
            if #frame.infos == MOST_IN_INFO then frame.infos[MOST_IN_INFO + 1] = '…' end
            if #frame.infos > MOST_IN_INFO then break end
            frame.infos[#frame.infos + 1] = summary
        end
        found.info = table.concat(frame.infos, '; ')
    end
    pinfo.cols.protocol = 'wirelab'
    pinfo.cols.info = found.info or table.concat(summaries, '; ')
end

local function dissect_stream(tvb, pinfo, root)
    local found = once(tvb, pinfo, function()
        local conversation = conversation_of(pinfo)
        local type = type_of(pinfo)
        local side = conversation.sides[type]
        local data = tvb:raw()
        local is_whole = tvb:len() == tvb:reported_len()
        local is_end = not is_whole or pinfo.can_desegment == 0
        local messages, read = read_stream(data, type, conversation, pinfo, is_end)
        if not is_whole and #messages > 0 then messages[#messages].status = UNVERIFIED end
        -- No more data may follow the remaining bytes.
        if side.rest then waiting = waiting - 1 end
        side.rest = read < #data and data:sub(read + 1) or nil
        side.port = pinfo.src_port
        if side.rest then waiting = waiting + 1 end
        return { messages = messages, read = read }
    end)
    if #found.messages > 0 then
        local summaries = {}
        for index, message in ipairs(found.messages) do
            if index <= MOST_IN_INFO + 1 then summaries[index] = summary_of(message) end
            show_message(tvb, message, root)
        end
        show_info(pinfo, found, summaries)
    end
    if found.read < tvb:len() then
        pinfo.desegment_offset = found.read
        pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
    end
    return tvb:len()
end

local function dissect_datagram(tvb, pinfo, root)
    local found = once(tvb, pinfo, function()
        local conversation = conversation_of(pinfo)
        local type = type_of(pinfo)
        local data = tvb:raw()
        local is_whole = tvb:len() == tvb:reported_len()
        local record
        if is_of_transfer(data, conversation) then
            record = read_datagram(data, is_whole)
        elseif type == 'answer' then
            record = notice_in(data, conversation)
            if record and (record.length ~= #data) then record = nil end
        end
        record = record or verify(read_message(data, type))
        if not is_whole and record.tag then record.status = UNVERIFIED end
        record.start, record.frame, record.at = 0, pinfo.number, pinfo.rel_ts
        if record.type ~= 'transfer' then learn(conversation, record)
        elseif record.status == GOOD then learn_datagram(conversation, record, type == 'request') end
        return { messages = { record }, read = tvb:len() }
    end)
    local record = found.messages[1]
    if not record then return 0 end
    if record.type == 'transfer' then
        show_datagram(tvb, record, root)
        show_info(pinfo, found, { summary_of_datagram(record) })
    else
        show_message(tvb, record, root)
        show_info(pinfo, found, { summary_of(record) })
    end
    return tvb:len()
end

function wirelab.dissector(tvb, pinfo, root)
    -- An ICMP error contains a copy of a datagram, which was not sent twice.
    if tvb:len() == 0 or pinfo.in_error_pkt then return 0 end
    if pinfo.port_type == PORT_TYPE_TCP then return dissect_stream(tvb, pinfo, root) end
    return dissect_datagram(tvb, pinfo, root)
end

-- Offsets of an IPv4 header: after Ethernet, as in the lab; without a link layer; on all interfaces of Linux (two
-- forms); on a loopback.
local LINKS = { 14, 0, 16, 20, 4 }

-- FIN and RST of a TCP frame, read from its bytes, because fields are not available on every visit.
local function flags_of(frame, pinfo)
    for _, at in ipairs(LINKS) do
        if frame:len() >= at + 40 and frame(at, 1):bitfield(0, 4) == 4 and frame(at + 9, 1):uint() == 6 then
            local tcp = at + 4 * frame(at, 1):bitfield(4, 4)
            if frame:len() >= tcp + 20 and frame(tcp, 2):uint() == pinfo.src_port
                and frame(tcp + 2, 2):uint() == pinfo.dst_port then
                local flags = frame(tcp + 13, 1):uint()
                return band(flags, 1) ~= 0, band(flags, 4) ~= 0
            end
        end
    end
    return false, false
end

-- The remaining bytes of a connection that ends. The server takes them as a message too.
local function rests_of(frame, pinfo)
    if pinfo.visited or waiting == 0 or pinfo.port_type ~= PORT_TYPE_TCP then return nil end
    local is_fin, is_reset = flags_of(frame, pinfo)
    if not is_fin and not is_reset then return nil end
    local conversation = conversation_of(pinfo)
    local found = {}
    for _, type in ipairs({ 'request', 'answer' }) do
        local side = conversation.sides[type]
        if side.rest and (is_reset or side.port == pinfo.src_port) then
            local data = side.rest
            side.rest = nil
            waiting = waiting - 1
            found[#found + 1] = { data = data, messages = (read_stream(data, type, conversation, pinfo, true)) }
        end
        -- The same ports may get a new connection.
        if is_reset or side.port == pinfo.src_port then side.ending_may_come = false end
    end
    return #found > 0 and found or nil
end

function wirelab_end.dissector(frame, pinfo, root)
    rests[pinfo.number] = rests[pinfo.number] or rests_of(frame, pinfo)
    for _, rest in ipairs(rests[pinfo.number] or {}) do
        local tvb = ByteArray.new(rest.data, true):tvb('Message without an end')
        for _, message in ipairs(rest.messages) do
            show_message(tvb, message, root)
            pinfo.cols.protocol = 'wirelab'
            pinfo.cols.info:append('; ' .. summary_of(message))
        end
    end
end
register_postdissector(wirelab_end)

-------------------------------------------------------------------------------
-- Ports
-------------------------------------------------------------------------------

-- The lab's messages are on TCP and UDP, and inside TLS, which has a TCP port of its own.
local tables = { DissectorTable.get('tcp.port'), DissectorTable.get('udp.port') }
local tls_tables = { [DissectorTable.get('tls.port')] = wirelab, [tables[1]] = Dissector.get('tls') }
local port, tls_port

local function use_ports()
    for _, ports in ipairs(tables) do
        if port and port > 0 then ports:remove(port, wirelab) end
        if wirelab.prefs.port > 0 then ports:add(wirelab.prefs.port, wirelab) end
    end
    for ports, dissector in pairs(tls_tables) do
        if tls_port and tls_port > 0 then ports:remove(tls_port, dissector) end
        if wirelab.prefs.tls_port > 0 then ports:add(wirelab.prefs.tls_port, dissector) end
    end
    port, tls_port = wirelab.prefs.port, wirelab.prefs.tls_port
end
for _, ports in ipairs(tables) do ports:add_for_decode_as(wirelab) end
DissectorTable.get('tls.port'):add_for_decode_as(wirelab)
use_ports()

function wirelab.prefs_changed()
    if wirelab.prefs.port ~= port or wirelab.prefs.tls_port ~= tls_port then use_ports() end
end
