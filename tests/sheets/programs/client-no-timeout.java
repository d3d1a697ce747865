import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** A client of UDP that waits for an answer for ever, so it makes a second attempt only when a bad answer has arrived. */
class NoTimeout {
    public static void main(String[] words) throws Exception {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(new InetSocketAddress(words[0], Integer.parseInt(words[1])));
        for (String text : Arrays.copyOfRange(words, 3, words.length)) {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes());
            byte[] whole = (text + "|" + HexFormat.of().formatHex(digest, 0, 4)).getBytes();
            DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
            for (int made = 0; made < 3; made++) {
                socket.send(new DatagramPacket(whole, whole.length));
                socket.receive(answer);
                if (!Arrays.equals(whole, Arrays.copyOf(answer.getData(), answer.getLength()))) continue;
                System.out.println("received: " + text);
                break;
            }
        }
    }
}
