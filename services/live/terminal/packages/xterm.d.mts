// The server has the package's own file at this path.
export { Terminal } from '@xterm/xterm';
