import static java.nio.charset.StandardCharsets.UTF_8;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.netty.channel.Channel;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * mongo-java-server knows no accounts. This puts the sign-in of MongoDB (SCRAM-SHA-256, RFC 7677) in front of it, so that
 * a client is refused as by a real server: error 18 for a wrong password, error 13 for a command without sign-in.
 *
 * <p>Usage: MongoServerWithLogin PORT. The account is trino_ro, password pw_ok, made in the database admin.
 */
public class MongoServerWithLogin {
    private static final String USER = "trino_ro";
    private static final String PASSWORD = "pw_ok";
    private static final String DATABASE = "admin";
    private static final byte[] SALT = "akko test server".getBytes(UTF_8);
    private static final int ITERATIONS = 4096;
    private static final Set<String> FREE = Set.of("hello", "ismaster", "buildinfo", "ping", "endsessions", "whatsmyuri");

    /** Of one connection: what was said so far, then that it is signed in. */
    private static final class Session {
        private String firstBare;
        private String serverFirst;
        private boolean signedIn;
    }

    private static final class Backend extends MemoryBackend {
        private final Map<Channel, Session> sessions = new ConcurrentHashMap<>();

        @Override
        public Document handleCommand(Channel channel, String database, String command, Document query) {
            Session session = sessions.computeIfAbsent(channel, key -> new Session());
            return switch (command.toLowerCase(Locale.ROOT)) {
                case "saslstart" -> start(session, database, query);
                case "saslcontinue" -> proceed(session, query);
                case "hello", "ismaster" -> mechanisms(super.handleCommand(channel, database, command, query), query);
                default -> {
                    if (!session.signedIn && !FREE.contains(command.toLowerCase(Locale.ROOT))) {
                        throw new MongoServerError(13, "Unauthorized", "Command " + command + " requires authentication");
                    }
                    yield super.handleCommand(channel, database, command, query);
                }
            };
        }

        @Override
        public void handleClose(Channel channel) {
            sessions.remove(channel);
            super.handleClose(channel);
        }

        private static Document mechanisms(Document answer, Document query) {
            if (query.containsKey("saslSupportedMechs")) {
                answer.put("saslSupportedMechs", List.of("SCRAM-SHA-256"));
            }
            return answer;
        }

        private static Document start(Session session, String database, Document query) {
            if (!"SCRAM-SHA-256".equals(query.get("mechanism"))) {
                throw new MongoServerError(334, "MechanismUnavailable",
                        "Received authentication for mechanism " + query.get("mechanism") + " which is not enabled");
            }
            String first = payload(query);
            session.firstBare = first.substring(first.indexOf(",,") + 2);
            Map<String, String> parts = parts(session.firstBare);
            if (!USER.equals(parts.get("n")) || !DATABASE.equals(database)) {
                throw refused();
            }
            session.serverFirst = "r=" + parts.get("r") + "akko,s=" + base64(SALT) + ",i=" + ITERATIONS;
            return answer(session.serverFirst, false);
        }

        private static Document proceed(Session session, Document query) {
            String last = payload(query);
            if (last.isEmpty()) {
                return answer("", true);
            }
            Map<String, String> parts = parts(last);
            try {
                byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), SALT, ITERATIONS, 256))
                        .getEncoded();
                String exchange = session.firstBare + "," + session.serverFirst + "," + last.substring(0, last.indexOf(",p="));
                byte[] clientKey = hmac(salted, "Client Key");
                byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), exchange);
                byte[] proof = new byte[clientKey.length];
                for (int i = 0; i < proof.length; i++) {
                    proof[i] = (byte) (clientKey[i] ^ signature[i]);
                }
                if (!base64(proof).equals(parts.get("p"))) {
                    throw refused();
                }
                session.signedIn = true;
                return answer("v=" + base64(hmac(hmac(salted, "Server Key"), exchange)), false);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static MongoServerError refused() {
            return new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
        }

        private static Document answer(String payload, boolean done) {
            return new Document("conversationId", 1)
                    .append("done", done)
                    .append("payload", new BinData(payload.getBytes(UTF_8)))
                    .append("ok", 1.0);
        }

        private static String payload(Document query) {
            Object payload = query.get("payload");
            return new String(payload instanceof BinData data ? data.getData() : (byte[]) payload, UTF_8);
        }

        private static Map<String, String> parts(String message) {
            Map<String, String> parts = new HashMap<>();
            for (String part : message.split(",")) {
                parts.put(part.substring(0, 1), part.substring(2));
            }
            return parts;
        }

        private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        }

        private static String base64(byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        Backend backend = new Backend();
        backend.version(ServerVersion.MONGO_5_0);
        var orders = backend.resolveDatabase("shop").createCollectionOrThrowIfExists("orders");
        double[] amounts = {1.25, 2.50, 3.75};
        for (long id = 1; id <= amounts.length; id++) {
            orders.addDocument(new Document("_id", id)
                    .append("id", id)
                    .append("customer", "cust-" + id)
                    .append("amount", amounts[(int) id - 1]));
        }
        new MongoServer(backend).bind("127.0.0.1", Integer.parseInt(arguments[0]));
        Thread.currentThread().join();
    }
}
