import java.net.Socket;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A client that takes every answer with a bar in it for the echo. */
class IgnoresChecksum {
    public static void main(String[] words) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(words[3].getBytes());
        byte[] whole = (words[3] + "|" + HexFormat.of().formatHex(digest, 0, 4)).getBytes();
        try (Socket socket = new Socket(words[0], Integer.parseInt(words[1]))) {
            for (int made = 0; made < 3; made++) {
                socket.getOutputStream().write(whole);
                byte[] data = new byte[2048];
                int got = socket.getInputStream().read(data);
                String answer = new String(data, 0, Math.max(0, got), "ISO-8859-1");
                if (!answer.contains("|")) continue;
                System.out.println("received: " + answer.substring(0, answer.lastIndexOf('|')));
                return;
            }
        }
    }
}
