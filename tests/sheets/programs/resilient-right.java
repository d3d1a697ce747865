import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/** A client that survives: it makes three attempts and waits one second for each answer. */
class ResilientRight {
    static final int ATTEMPTS = 3;
    static final int WAIT_MS = 1000;
    static final int LONGEST = 2048;

    static String wholeOf(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return text + "|" + HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Whether it is a message with its right checksum: perhaps the late echo of an earlier one. */
    static boolean isRight(String whole) {
        int bar = whole.lastIndexOf('|');
        return bar >= 0 && wholeOf(whole.substring(0, bar)).equals(whole);
    }

    /** Brings messages across, with a new socket whenever one is of no use. */
    interface Channel {
        boolean attempt(String whole) throws IOException;

        void close() throws IOException;
    }

    static class OverTcp implements Channel {
        final InetSocketAddress server;
        Socket socket;

        OverTcp(InetSocketAddress server) {
            this.server = server;
        }

        @Override
        public boolean attempt(String whole) throws IOException {
            if (socket == null) {
                socket = new Socket();
                socket.connect(server, WAIT_MS);
            }
            socket.setSoTimeout(WAIT_MS);
            socket.getOutputStream().write(whole.getBytes(StandardCharsets.ISO_8859_1));
            byte[] data = new byte[LONGEST];
            String arrived = "";
            while (!arrived.equals(whole)) {
                int got = socket.getInputStream().read(data);
                if (got < 0) throw new IOException("the server has closed");
                arrived += new String(data, 0, got, StandardCharsets.ISO_8859_1);
                if (!whole.startsWith(arrived)) return false;
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            if (socket != null) socket.close();
            socket = null;
        }
    }

    static class OverUdp implements Channel {
        final DatagramSocket socket = new DatagramSocket();

        OverUdp(InetSocketAddress server) throws IOException {
            socket.connect(server);
        }

        @Override
        public boolean attempt(String whole) throws IOException {
            byte[] bytes = whole.getBytes(StandardCharsets.ISO_8859_1);
            socket.send(new DatagramPacket(bytes, bytes.length));
            long until = System.nanoTime() + WAIT_MS * 1_000_000L;
            while (true) {
                socket.setSoTimeout((int) Math.max(1, (until - System.nanoTime()) / 1_000_000));
                DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
                socket.receive(packet);
                String arrived = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
                if (arrived.equals(whole)) return true;
                if (!isRight(arrived)) return false;
            }
        }

        @Override
        public void close() {
            // The next attempt can use the same socket.
        }
    }

    static boolean send(Channel channel, String text) throws IOException {
        for (int made = 0; made < ATTEMPTS; made++) {
            try {
                if (channel.attempt(wholeOf(text))) {
                    System.out.println("received: " + text);
                    return true;
                }
            } catch (IOException error) {
                channel.close();
            }
        }
        System.out.println("given up: " + text);
        return false;
    }

    static boolean balance(String server, String port) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server + ":" + port + "/getbalance"))
            .version(HttpClient.Version.HTTP_1_1).timeout(Duration.ofMillis(WAIT_MS)).build();
        for (int made = 0; made < ATTEMPTS; made++) {
            try {
                int status = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
                if (status < 500) {
                    System.out.println(status == 200 ? "received: 200" : "refused: " + status);
                    return status == 200;
                }
            } catch (IOException error) {
                // No response: another attempt.
            }
        }
        System.out.println("given up");
        return false;
    }

    public static void main(String[] words) throws Exception {
        if (words[2].equals("http")) System.exit(balance(words[0], words[1]) ? 0 : 1);
        InetSocketAddress server = new InetSocketAddress(words[0], Integer.parseInt(words[1]));
        Channel channel = words[2].equals("tcp") ? new OverTcp(server) : new OverUdp(server);
        boolean good = true;
        for (String text : Arrays.copyOfRange(words, 3, words.length)) good = send(channel, text) && good;
        channel.close();
        System.exit(good ? 0 : 1);
    }
}
