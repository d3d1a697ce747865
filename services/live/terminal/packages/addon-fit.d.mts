// The server has the package's own file at this path.
export { FitAddon } from '@xterm/addon-fit';
