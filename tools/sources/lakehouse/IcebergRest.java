import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/**
 * Apache Iceberg's REST catalog on loopback, its tables in HDFS. It demands a bearer token: the one below, or one that its
 * token endpoint (on both ports, as with an identity provider of its own) gave for the right client id and secret.
 */
final class IcebergRest extends RESTCatalogServlet {
    private static final long serialVersionUID = 1L;
    private static final String TOKENS = "/v1/oauth/tokens";
    private static final String CLIENT_ID = "akko";
    private static final String CLIENT_SECRET = "iceberg_pw";
    private static final String STATIC_TOKEN = "iceberg_token";

    private final transient Set<String> tokens = ConcurrentHashMap.newKeySet();

    private IcebergRest(RESTCatalogAdapter adapter) {
        super(adapter);
        tokens.add(STATIC_TOKEN);
    }

    /** Arguments: port of the catalog, port of the token endpoint, port of HDFS, folder for the data. */
    public static void main(String[] args) throws Exception {
        Hdfs.exitOnFailure();
        int hdfsPort = Integer.parseInt(args[2]);
        var data = Path.of(args[3]);
        var conf = Hdfs.start(data.resolve("hdfs"), hdfsPort);
        var properties = Map.of(
                "catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog",
                "uri", "jdbc:sqlite:file:" + data.resolve("catalog.db"),
                "jdbc.schema-version", "V1",
                "warehouse", "hdfs://127.0.0.1:" + hdfsPort + Hdfs.WAREHOUSE);
        var catalog = CatalogUtil.buildIcebergCatalog("backend", properties, conf);
        var context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new IcebergRest(new RESTCatalogAdapter(catalog))), "/*");
        var server = new Server();
        for (var port : new String[] {args[0], args[1]}) {
            var connector = new ServerConnector(server);
            connector.setHost("127.0.0.1");
            connector.setPort(Integer.parseInt(port));
            server.addConnector(connector);
        }
        server.setHandler(context);
        server.start();
        server.join();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            if (request.getPathInfo().equals(TOKENS)) {
                giveToken(request, response);
            } else if (authorized(request)) {
                super.service(request, response);
            } else {
                answer(response, 401,
                        "{\"error\": {\"message\": \"The access token is not valid\", \"type\": \"NotAuthorizedException\", \"code\": 401}}");
            }
        } catch (jakarta.servlet.ServletException failure) {
            throw new IOException(failure);
        }
    }

    private boolean authorized(HttpServletRequest request) {
        var header = request.getHeader("Authorization");
        return header != null && header.startsWith("Bearer ") && tokens.contains(header.substring("Bearer ".length()));
    }

    private void giveToken(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean known = CLIENT_ID.equals(request.getParameter("client_id"))
                && CLIENT_SECRET.equals(request.getParameter("client_secret"));
        boolean exchanged = authorized(request); // a token for a newer one
        if (!known && !exchanged) {
            answer(response, 401, "{\"error\": \"invalid_client\", \"error_description\": \"Client or secret is wrong\"}");
            return;
        }
        var token = UUID.randomUUID().toString();
        tokens.add(token);
        answer(response, 200, "{\"access_token\": \"" + token + "\", \"token_type\": \"bearer\", \"expires_in\": 3600,"
                + " \"issued_token_type\": \"urn:ietf:params:oauth:token-type:access_token\"}");
    }

    private static void answer(HttpServletResponse response, int status, String body) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.getWriter().write(body);
    }
}
