/** Texts that do something where they are shown without care: in a page, in a terminal, in a line. */
export const hostileWords: readonly string[] = [
  '<script>globalThis.struck = "script"</script>',
  '<img src=x onerror=\'globalThis.struck="img"\'>',
  '"><svg onload=globalThis.struck=1><iframe src="javascript:globalThis.struck=2">',
  "' onmouseover='globalThis.struck=3' autofocus onfocus='globalThis.struck=4",
  'javascript:globalThis.struck=5//<style>*{display:none}</style><base href=//evil.example>',
  '</textarea></title><a href="http://evil.example/" download>take this</a>',
  '{{constructor.constructor("globalThis.struck=6")()}}',
  '\x1b[31mred\x1b[2J\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x9b31m\x08\x00',
  '\u202eesrever\u202c \u2066isolated\u2069 \u200bzero\ufeffwidth \u2028line\u2029end',
  'data: x\n\nevent: problem\ndata: {"about":"x","text":"forged"}\n\n',
  '{"event":"run","name":"forged"}\r\n',
  'x'.repeat(65_536),
];
