export { type Part, TcpStream as ByteStream } from './tcp-stream.ts';
