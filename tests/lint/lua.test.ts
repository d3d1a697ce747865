import { expect, test } from '@jest/globals';
import { findInLua } from './lua.ts';

function found(text: string): string[] {
  return [...findInLua(new Map([['a.lua', text]]))].map(
    ({ line, rule, message }) => `${line} ${rule}: ${message}`,
  );
}

test('a script in order has no finding', () => {
  const script = `
    local Counter = {}
    Counter.__index = Counter
    function Counter:add(by) self.count = self.count + by end
    local function sum(list)
      local total = 0
      for _, value in ipairs(list) do total = total + value end
      for index = 1, #list do print(index) end
      repeat local done = total > 3 until done
      while total > 9 do total = total - 1 end
      if total == 1 then return { total = total } elseif total == 2 then goto last end
      ::last::
      return total, function(...) return select('#', ...) end
    end
    return Counter, sum(Counter) or Proto`;
  expect(found(script)).toEqual([]);
});

test.each([
  ['count = 1', 'global: count is set as a global'],
  ['function count() end', 'global: count is set as a global'],
  ['print(count)', 'undefined: count is neither local nor a global of Wireshark'],
  [
    'print({ count }, { [count] = 1 }, t.count, -count)',
    'undefined: t is neither local nor a global of Wireshark',
  ],
  ['do local count = 1 end', 'unused: nothing reads count'],
  ['do local count = 1; count = 2 end', 'unused: nothing reads count'],
  ['return function(count) end', 'unused: nothing reads count'],
  ['for key, value in pairs({}) do print(key) end', 'unused: nothing reads value'],
  ['local a = 1; return a, function(a) return a end', 'shadowing: a hides that of line 1'],
  ['if _G then end', 'empty: a block with nothing in it'],
  ['do local a <const> = 1 end', "syntax: [1:11] unexpected symbol '<' near 'const'"],
  ['return 3 // 2', "syntax: [1:10] <expression> expected near '/'"],
  [`print('${'-'.repeat(120)}')`, 'length: 129 characters, of 120 at most'],
])('%j is found', (script, finding) => {
  expect(found(script)).toContain(`1 ${finding}`);
});

test('findings are in the order of lines', () => {
  expect(found('local late = 1\nx = 1').map((one) => one.slice(0, 1))).toEqual(['1', '2']);
});
