import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.HiveMetaStore.HMSHandler;
import org.apache.hadoop.hive.metastore.RetryingHMSHandler;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf.ConfVars;
import org.apache.hadoop.hive.metastore.tools.MetastoreSchemaTool;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/** A Hive Metastore with its tables in Derby and their files in HDFS. Its own main method listens on all addresses. */
final class HiveMetastore {
    private HiveMetastore() {}

    /** Arguments: port of the metastore, port of HDFS, folder for the data, folder of the metastore's distribution. */
    public static void main(String[] args) throws Exception {
        Hdfs.exitOnFailure();
        int port = Integer.parseInt(args[0]);
        int hdfsPort = Integer.parseInt(args[1]);
        var data = Path.of(args[2]);
        var schema = new FutureTask<>(makeSchema(data.resolve("derby"), args[3]));
        new Thread(schema, "schema").start();
        Hdfs.start(data.resolve("hdfs"), hdfsPort);
        schema.get();
        serve(port, hdfsPort);
    }

    private static Callable<Void> makeSchema(Path database, String home) {
        System.setProperty(ConfVars.CONNECT_URL_KEY.getVarname(), "jdbc:derby:;databaseName=" + database + ";create=true");
        return () -> {
            if (!Files.exists(database)) {
                MetastoreSchemaTool.homeDir = home;
                if (MetastoreSchemaTool.run(new String[] {"-dbType", "derby", "-initSchema"}) != 0) {
                    System.err.println("the tables of the metastore could not be made");
                    System.exit(1);
                }
            }
            return null;
        };
    }

    private static void serve(int port, int hdfsPort) throws Exception {
        Configuration conf = MetastoreConf.newMetastoreConf();
        var files = "hdfs://127.0.0.1:" + hdfsPort;
        conf.set("fs.defaultFS", files);
        MetastoreConf.setVar(conf, ConfVars.WAREHOUSE, files + Hdfs.WAREHOUSE);
        MetastoreConf.setVar(conf, ConfVars.EXPRESSION_PROXY_CLASS, "org.apache.hadoop.hive.metastore.DefaultPartitionExpressionProxy");
        MetastoreConf.setVar(conf, ConfVars.TASK_THREADS_ALWAYS, "org.apache.hadoop.hive.metastore.events.EventCleanerTask");
        var handler = RetryingHMSHandler.getProxy(conf, new HMSHandler("metastore", conf, false), false);
        var socket = new TServerSocket(new InetSocketAddress("127.0.0.1", port));
        var processor = new TSetIpAddressProcessor<>(handler);
        new TThreadPoolServer(new TThreadPoolServer.Args(socket).processor(processor)).serve();
    }
}
