import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.BytesRestResponse;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.transport.Netty4Plugin;

/**
 * A single real Elasticsearch node. Its own accounts are part of x-pack, which is not in Maven's central repository: a
 * plugin stands in for them. It lets trino_ro in with the password pw_ok; weak with pw_ok signs in and may read nothing.
 *
 * <p>Usage: ElasticsearchNode HOME HTTP-PORT TRANSPORT-PORT
 */
public class ElasticsearchNode {
    private static final String ALLOWED = header("trino_ro");
    private static final String WEAK = header("weak");

    private static String header(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":pw_ok").getBytes(StandardCharsets.UTF_8));
    }

    /** Asks for a user and password in every request. */
    public static class Accounts extends Plugin implements ActionPlugin {
        @Override
        public UnaryOperator<RestHandler> getRestHandlerWrapper(ThreadContext context) {
            return handler -> (request, channel, client) -> {
                String given = request.header("Authorization");
                if (ALLOWED.equals(given)) {
                    handler.handleRequest(request, channel, client);
                } else if (WEAK.equals(given)) {
                    channel.sendResponse(refusal(RestStatus.FORBIDDEN,
                            "action [indices:monitor/stats] is unauthorized for user [weak] with roles [nothing]"));
                } else {
                    BytesRestResponse response = refusal(RestStatus.UNAUTHORIZED, given == null
                            ? "missing authentication credentials for REST request [" + path(request) + "]"
                            : "unable to authenticate user for REST request [" + path(request) + "]");
                    response.addHeader("WWW-Authenticate", "Basic realm=\"security\" charset=\"UTF-8\"");
                    channel.sendResponse(response);
                }
            };
        }

        private static String path(RestRequest request) {
            return request.rawPath();
        }

        private static BytesRestResponse refusal(RestStatus status, String reason) {
            String body = "{\"error\":{\"type\":\"security_exception\",\"reason\":\"" + reason + "\"},\"status\":" + status.getStatus() + "}";
            return new BytesRestResponse(status, "application/json", body);
        }
    }

    private static final class SingleNode extends Node {
        SingleNode(Settings settings) {
            super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "akko"),
                    List.of(Netty4Plugin.class, Accounts.class), false);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        for (String folder : List.of("config", "modules", "plugins", "data", "logs")) {
            Files.createDirectories(home.resolve(folder));
        }
        new SingleNode(Settings.builder()
                        .put("path.home", home)
                        .put("cluster.name", "akko")
                        .put("node.name", "akko-1")
                        .put("network.host", "127.0.0.1")
                        .put("http.port", arguments[1])
                        .put("transport.port", arguments[2])
                        .put("http.type", "netty4")
                        .put("transport.type", "netty4")
                        .put("discovery.type", "single-node")
                        .put("cluster.routing.allocation.disk.threshold_enabled", false)
                        .build())
                .start();
        Thread.currentThread().join();
    }
}
