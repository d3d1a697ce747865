// node server.ts PORT: sends back what clients send, over TCP and over UDP.

const [port] = process.argv.slice(2);
console.log(`nothing listens at port ${port} yet`);
// Your work begins here: listen at the port, and serve until you are ended.
process.exit(1);
