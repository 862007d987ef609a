import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Fills a new broker: accounts for SCRAM, what trino_ro may read, the topics and their messages.
 *
 * <p>Usage: KafkaSetup HOST:PORT, of the listener that needs no sign-in.
 */
public class KafkaSetup {
    // Every character that has a meaning in the file or the line that it ends up in.
    private static final String QUOTED = "a\"b\\c'd=e; f#g!h:{}%\u00e9";

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> broker = Map.of("bootstrap.servers", arguments[0]);
        try (Admin admin = Admin.create(broker)) {
            for (ScramMechanism mechanism : List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
                // A request may name a user once.
                admin.alterUserScramCredentials(List.of(account("trino_ro", "pw_ok", mechanism), account("weak", "pw_ok", mechanism),
                        account("quoted", QUOTED, mechanism))).all().get();
            }
            admin.createAcls(Stream.of("User:trino_ro", "User:quoted", "User:CN=trino_ro")
                            .flatMap(user -> Stream.of(AclOperation.READ, AclOperation.DESCRIBE).map(right -> right(user, right)))
                            .toList())
                    .all().get();
            admin.createTopics(List.of(new NewTopic("shop.orders", 1, (short) 1), new NewTopic("clicks", 2, (short) 1)))
                    .all().get();
        }
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer())) {
            List<String> amounts = List.of("1.25", "2.50", "3.75");
            producer.send(new ProducerRecord<>("clicks", "{\"page\": \"/\"}")).get();
            for (int id = 1; id <= amounts.size(); id++) {
                String order = "{\"id\": %d, \"customer\": \"cust-%d\", \"amount\": %s}".formatted(id, id, amounts.get(id - 1));
                producer.send(new ProducerRecord<>("shop.orders", "order-" + id, order)).get();
            }
        }
    }

    private static UserScramCredentialAlteration account(String user, String password, ScramMechanism mechanism) {
        return new UserScramCredentialUpsertion(user, new ScramCredentialInfo(mechanism, 4096), password);
    }

    private static AclBinding right(String user, AclOperation operation) {
        return new AclBinding(new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                new AccessControlEntry(user, "*", operation, AclPermissionType.ALLOW));
    }
}
