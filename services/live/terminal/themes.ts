import type { ITheme } from '@xterm/xterm';

export type ThemeName = 'light' | 'dark';

/** The colors of the page, and sixteen for programs that can be read on its paper. */
export const themes: Readonly<Record<ThemeName, ITheme>> = {
  light: {
    ...{ background: '#ffffff', foreground: '#1b1f24', cursor: '#1b1f24', cursorAccent: '#ffffff' },
    ...{ selectionBackground: '#b7d4f5', selectionForeground: '#1b1f24' },
    ...{ black: '#1b1f24', red: '#b1241b', green: '#17663a', yellow: '#7a5600' },
    ...{ blue: '#0a58b0', magenta: '#863a94', cyan: '#0b6470', white: '#d5dae0' },
    ...{ brightBlack: '#59636e', brightRed: '#c9382e', brightGreen: '#1d7a46', brightYellow: '#8f6700' },
    ...{ brightBlue: '#1d6fd0', brightMagenta: '#9c4bab', brightCyan: '#117a88', brightWhite: '#f4f6f8' },
  },
  dark: {
    ...{ background: '#14171b', foreground: '#e5e8ec', cursor: '#e5e8ec', cursorAccent: '#14171b' },
    ...{ selectionBackground: '#2f4a6b', selectionForeground: '#ffffff' },
    ...{ black: '#343b44', red: '#ff938a', green: '#74d19b', yellow: '#e3b341' },
    ...{ blue: '#7db5ff', magenta: '#d9a4ea', cyan: '#6ccfd8', white: '#e5e8ec' },
    ...{ brightBlack: '#9aa5b1', brightRed: '#ffb3ac', brightGreen: '#9be3b9', brightYellow: '#f2c94c' },
    ...{ brightBlue: '#a6ccff', brightMagenta: '#e8c4f3', brightCyan: '#97e1e8', brightWhite: '#ffffff' },
  },
};
